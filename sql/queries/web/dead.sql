-- Dead letters, the latest first, at most $1; no texts. Looks at $2 finished rows at the most, the newest.
select
    d.tracker_id, d.agent_id, left(a.name, 200) as agent_name,
    case when d.operation_type ~ '^{{ pattern.operation_type }}$' then d.operation_type end as operation_type,
    d.is_alert, d.attempts, left(d.last_error, 200) as last_error, d.captured_at, d.finished_at
from (
    select n.*
    from (
        select
            o.tracker_id, o.agent_id, o.is_alert, o.attempts, o.last_error, o.captured_at, o.finished_at, o.state,
            o.operation_type
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at is not null
        order by o.finished_at desc
        limit $2
    ) as n
    where n.state = 'dead'
    order by n.finished_at desc
    limit $1
) as d
left join {{ platform }}.agents as a on d.agent_id = a.id
order by d.finished_at desc
