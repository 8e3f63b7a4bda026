-- Dead letters, the latest first, at most $1, among the newest $2 finished rows. total: how many there are among these.
-- No texts of operations; what is shown of them costs time, and is read of the dead letters alone.
select
    o.id, o.tracker_id, o.agent_id, left(a.name, 200) as agent_name, o.operation_type, o.status, o.is_alert,
    o.attempts, left(o.last_error, 200) as last_error, o.captured_at, o.finished_at,
    extract(epoch from now() - o.finished_at)::double precision as dead_for_seconds, d.total
from (
    select n.id, count(*) over () as total
    from (
        select f.id, f.finished_at, f.state
        from {{ schema }}.auto_post_operations as f
        where f.finished_at is not null
        order by f.finished_at desc
        limit $2
    ) as n
    where n.state = 'dead'
    order by n.finished_at desc, n.id asc
    limit $1
) as d
inner join {{ schema }}.auto_post_operations as o on d.id = o.id
-- One, also of an id that is not unique.
left join lateral (
    select k.name from {{ schema }}.auto_post_agents(o.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
order by o.finished_at desc, o.id asc
