-- Dead letters, the latest first; no texts. auto_post_retry retries a row.
create or replace view {{ schema }}.auto_post_dead
with (security_invoker = true)
as
select o.tracker_id, o.agent_id, o.operation_type, o.status, o.attempts, o.last_error, o.captured_at, o.finished_at
from {{ schema }}.auto_post_operations as o
where o.state = 'dead' and o.finished_at is not null
order by o.finished_at desc;

comment on view {{ schema }}.auto_post_dead is
'Dead letters, the latest first. auto_post_retry(tracker_id) or auto_post_retry_all() retries them.';
comment on column {{ schema }}.auto_post_dead.attempts is 'How often it was tried.';
comment on column {{ schema }}.auto_post_dead.last_error is 'The kind of error of the last attempt.';
comment on column {{ schema }}.auto_post_dead.finished_at is 'When it was dead-lettered.';
