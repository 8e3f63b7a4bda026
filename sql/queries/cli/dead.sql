-- The dead letters, the latest first; at most $1. No texts.
select
    o.id, o.tracker_id, o.agent_id, o.operation_type, o.status, o.attempts, o.last_error, o.captured_at, o.finished_at,
    extract(epoch from now() - o.finished_at)::double precision as dead_for_seconds
from {{ schema }}.auto_post_outbox as o
where o.state = 'dead' and o.finished_at is not null
order by o.finished_at desc, o.id asc
limit $1
