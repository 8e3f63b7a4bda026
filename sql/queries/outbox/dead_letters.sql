-- Dead letters, the latest first, at most $1, among the newest $2 finished rows. total: how many there are among these.
-- No texts of operations.
select
    d.id, d.tracker_id, d.agent_id, left(a.name, 200) as agent_name, d.operation_type, d.status, d.is_alert,
    d.attempts, left(d.last_error, 200) as last_error, d.captured_at, d.finished_at,
    extract(epoch from now() - d.finished_at)::double precision as dead_for_seconds, d.total
from (
    select n.*, count(*) over () as total
    from (
        select
            o.id, o.tracker_id, o.agent_id, o.operation_type, o.status, o.is_alert, o.attempts, o.last_error,
            o.captured_at, o.finished_at, o.state
        from {{ schema }}.auto_post_operations as o
        where o.finished_at is not null
        order by o.finished_at desc
        limit $2
    ) as n
    where n.state = 'dead'
    order by n.finished_at desc, n.id asc
    limit $1
) as d
-- One, also of an id that is not unique.
left join lateral (
    select k.name from {{ platform }}.agents as k
    where d.agent_id = k.id
    order by k.id
    limit 1
) as a on true
order by d.finished_at desc, d.id asc
