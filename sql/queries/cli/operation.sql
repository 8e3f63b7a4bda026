-- The operation $1 as the platform's table has it, whether it is without an end, and when it ended by the clock that
-- the reconciler goes by; not_captured: the reason that it gave. No texts. The cast suits any type of id; where it is
-- not text, that is a sequential scan.
select
    left(t.agent_id::text, 200) as agent_id, left(t.operation_type::text, 200) as operation_type,
    left(t.status::text, 200) as status, t.completed_at is null as is_open,
    greatest(t.completed_at::timestamptz, t.started_at::timestamptz) as ended_at,
    (
        select string_agg(n.reason, ', ' order by n.reason) from {{ schema }}.auto_post_not_captured as n
        where n.tracker_id = left($1, 200)
    ) as not_captured
from {{ platform }}.operation_trackers as t
where t.id::text = $1
