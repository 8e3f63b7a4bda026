-- Writes posts to the event log, in the transaction that publishes them and in their order. $1 ids,
-- $2 tenants, $3 agents, $4 post types, $5 contents, $6 metadata, $7 times, each post's own. A mapping's values for the
-- platform's own columns come from the trigger that wrote the posts (sql/mapping/write.sql).
with given as (
    select *
    from
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[])
        with ordinality as g (id, tenant_id, agent_id, post_type, content, post_metadata, created_at, nth)
),

mapped as (
    select e.key as id, e.value as post_values
    from string_to_table(nullif(current_setting('{{ session }}.post_values', true), ''), e'\n') as l (line)
    cross join lateral jsonb_each(l.line::jsonb) as e
)

insert into {{ schema }}.auto_post_events (
    post_id, tenant_id, agent_id, agent_name, agent_maturity, agent_category, post_type, content, post_metadata,
    post_values, created_at
)
select
    g.id, g.tenant_id, g.agent_id, a.name, a.maturity, a.category, g.post_type, g.content, g.post_metadata,
    m.post_values, g.created_at
from given as g
left join mapped as m on g.id = m.id
left join lateral (
    select k.name, k.maturity, k.category from {{ schema }}.auto_post_agents(g.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
order by g.nth
