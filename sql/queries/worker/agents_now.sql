-- Returns the agents ($1) as they are at this moment, by the database's clock. Read them while their locks are held.
with wanted as (
    select u.agent_id from unnest($1::text[]) as u (agent_id)
)

select
    w.agent_id, a.id as known_agent_id, a.name as agent_name, a.maturity as agent_maturity,
    a.category as agent_category, l.last_post_at, clock_timestamp() as now,
    a.tenant_id as agent_tenant_id
from wanted as w
-- One index lookup each, whatever the planner expects of the table sizes.
left join lateral (
    select
        k.id, k.name, k.maturity, k.category,
        -- As long as the operation's is kept.
        case when k.tenant_id is not null then left(format('%s', k.tenant_id), 200) end as tenant_id
    from {{ platform }}.agents as k
    where w.agent_id = k.id
    order by k.id
    limit 1
) as a on true
left join lateral (
    select r.last_post_at from {{ schema }}.auto_post_rate_limits as r
    where w.agent_id = r.agent_id
    order by r.agent_id
    limit 1
) as l on true
