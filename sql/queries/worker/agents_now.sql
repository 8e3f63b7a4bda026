-- Returns the agents ($1) as they are at this moment, by the database's clock. Read them while their locks are held.
-- kept: what was skipped as rate_limited and no post has carried yet. What belongs to a tenant without posts is carried
-- for an hour: a long transaction keeps dead rows, and no post should read them all.
-- $2, $3: lock_timeout and statement_timeout of the statements that follow in this transaction.
with wanted as (
    select u.agent_id from unnest($1::text[]) as u (agent_id)
),

timeouts as materialized (
    select set_config('lock_timeout', $2::text, true), set_config('statement_timeout', $3::text, true)
)

select
    w.agent_id, a.agent_id as known_agent_id, a.is_unique as agent_is_unique, a.name as agent_name,
    a.maturity as agent_maturity,
    a.category as agent_category, a.tenant_id as agent_tenant_id, l.last_post_at, clock_timestamp() as now,
    array(
        select
            jsonb_build_array(
                r.id, r.tenant_id, (select u.title from {{ schema }}.auto_post_rules as u where r.rule_id = u.id),
                r.operation_type, r.status, r.operations
            )
        from {{ schema }}.auto_post_rate_limited as r
        where r.agent_id = w.agent_id and r.skipped_at > coalesce(l.last_post_at - interval '1 hour', '-infinity')
        order by r.skipped_at
        limit 1000
    ) as kept
from wanted as w
cross join timeouts
-- One index lookup each, whatever the planner expects of the table sizes.
left join lateral (
    select
        case when count(*) > 0 then w.agent_id end as agent_id, count(*) < 2 as is_unique, min(k.name) as name,
        min(k.maturity) as maturity, min(k.category) as category, min(k.tenant_id) as tenant_id
    from {{ schema }}.auto_post_agents(w.agent_id) as k
) as a on true
left join lateral (
    select r.last_post_at from {{ schema }}.auto_post_rate_limits as r
    where w.agent_id = r.agent_id
    order by r.agent_id
    limit 1
) as l on true
