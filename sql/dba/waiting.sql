-- What waits for a worker, the oldest first, and for how long.
select tracker_id, operation_type, status, agent_id, state, attempts, worker, now() - captured_at as waits, last_error
from {{ schema }}.auto_post_outbox
where state in ('pending', 'claimed')
order by captured_at
limit 50;
