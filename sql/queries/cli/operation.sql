-- The operation $1 as the platform's table has it, whether it is without an end, and when it ended by the clock that
-- the reconciler goes by. No texts. The cast suits any type of id; where it is not text, that is a sequential scan.
select
    t.agent_id::text as agent_id, t.operation_type::text as operation_type, t.status::text as status,
    t.completed_at is null as is_open, coalesce(t.completed_at, t.started_at)::timestamptz as ended_at
from {{ platform }}.operation_trackers as t
where t.id::text = $1
