-- Inserts posts and moves the rate-limit windows of their agents. $1 ids, $2 tenants, $3 agents, $4 post types,
-- $5 contents, $6 metadata, $7 times, each post's own, $8 the time of the decision. The row count is the number of
-- posts that the platform kept.
with given as (
    select *
    from
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[])
            as g (id, tenant_id, agent_id, post_type, content, post_metadata, created_at)
),

limits as (
    insert into {{ schema }}.auto_post_rate_limits (agent_id, last_post_at)
    select distinct g.agent_id, $8::timestamptz
    from given as g
    order by g.agent_id
    on conflict (agent_id) do update set last_post_at = excluded.last_post_at
)

insert into {{ platform }}.social_posts (
    id, tenant_id, author_type, author_id, post_type, content, post_metadata, auto_generated, created_at
)
select g.id, g.tenant_id, 'agent', g.agent_id, g.post_type, g.content, g.post_metadata, true, g.created_at
from given as g
