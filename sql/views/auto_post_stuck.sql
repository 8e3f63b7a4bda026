-- What has been due for more than a minute and was not taken: no worker is alive, it is overloaded, or claiming is
-- paused.
create or replace view {{ schema }}.auto_post_stuck
with (security_invoker = true)
as
select
    o.tracker_id, o.agent_id, o.operation_type, o.state, o.worker, o.attempts, o.last_error, o.captured_at,
    now() - o.available_at as overdue_for
from {{ schema }}.auto_post_operations as o
where o.state in ('pending', 'claimed') and o.available_at < now() - interval '1 minute'
order by o.available_at;

comment on view {{ schema }}.auto_post_stuck is
'Rows that have been due for more than a minute: pending ones that nobody claimed, claimed ones that nobody rescued.';
comment on column {{ schema }}.auto_post_stuck.worker is 'The worker that held the row when its lease expired.';
comment on column {{ schema }}.auto_post_stuck.overdue_for is 'The time since a worker should have taken it.';
