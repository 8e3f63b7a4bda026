-- Writes posts to the log of announcements, in the transaction that publishes them and in their order. $1 ids,
-- $2 tenants, $3 agents, $4 post types, $5 contents, $6 metadata, $7 the time at which it was decided.
with given as (
    select *
    from
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
        with ordinality as g (id, tenant_id, agent_id, post_type, content, post_metadata, nth)
)

insert into {{ schema }}.auto_post_events (
    post_id, tenant_id, agent_id, agent_name, agent_maturity, agent_category, post_type, content, post_metadata,
    created_at
)
select
    g.id, g.tenant_id, g.agent_id, a.name, a.maturity, a.category, g.post_type, g.content, g.post_metadata,
    $7::timestamptz
from given as g
-- One probe each, whatever the planner thinks of the sizes.
left join lateral (
    select
        case when k.name is not null then left(format('%s', k.name), 200) end as name,
        case when k.maturity is not null then left(format('%s', k.maturity), 200) end as maturity,
        case when k.category is not null then left(format('%s', k.category), 200) end as category
    from {{ platform }}.agents as k
    where g.agent_id = k.id
    order by k.id
    limit 1
) as a on true
order by g.nth
