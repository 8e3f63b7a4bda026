-- How many operations ended from $1 to before $2, by agent, kind and outcome, among the newest $3; the $4 most
-- frequent. $5 agents, $6 tenants, $7 categories: only of these; NULL: of all. looked_at: how many operations.
-- Without posts that sum up others. kind: completed or alert of an agent that may post, approval for a request, and
-- hidden for what must not be said of an agent.
select
    g.agent_id, left(a.name, 200) as agent_name, g.operation_type, g.status, g.kind, g.state, g.reason, g.operations,
    (select u.title from {{ schema }}.auto_post_rules as u where g.rule_id = u.id) as title,
    sum(g.looked_at) over () as looked_at
from (
    select
        n.agent_id, n.rule_id, n.operation_type, n.status, n.state,
        case n.state when 'skipped' then left(n.reason, 60) when 'dead' then 'dead' end as reason,
        case
            when n.state = 'dead' or n.reason not in ('rate_limited', 'alert_storm') then 'hidden'
            when lower(n.operation_type) = 'approval_requested' then 'approval'
            when n.is_alert then 'alert'
            else 'completed'
        end as kind,
        count(*) as operations, count(*) as looked_at
    from (
        select
            o.agent_id, o.tenant_id, o.rule_id, o.operation_type, o.status, o.state, o.reason, o.is_alert, o.summary
        from {{ schema }}.auto_post_operations as o
        where o.finished_at >= $1 and o.finished_at < $2
        order by o.finished_at desc
        limit $3
    ) as n
    where
        n.summary is null
        and ($5::text[] is null or n.agent_id = any($5))
        and ($6::text[] is null or n.tenant_id = any($6))
        and (
            $7::text[] is null
            or exists (
                select from {{ platform }}.agents as c
                where n.agent_id = c.id and format('%s', c.category) = any($7)
            )
        )
    group by n.agent_id, n.rule_id, n.operation_type, n.status, n.state, reason, kind
) as g
left join lateral (
    select format('%s', k.name) as name
    from {{ platform }}.agents as k
    where g.agent_id = k.id and pg_column_size(k.name) < 10000
    order by k.id
    limit 1
) as a on true
order by g.operations desc, g.agent_id asc, g.operation_type asc, g.status asc, g.reason asc
limit $4
