-- Rows whose lease ran out more than a minute ago: no worker rescues them, so none is alive, or claiming is paused.
select tracker_id, operation_type, agent_id, worker, attempts, now() - available_at as overdue_for
from {{ schema }}.auto_post_outbox
where state = 'claimed' and available_at < now() - interval '1 minute'
order by available_at
limit 50;
