-- Stores the message ($4) of the summary of a webhook ($1) due at $2 before it is sent, so that a repeat is the same,
-- and holds it for $5 seconds. Returns a row if this worker ($3) holds it.
update {{ schema }}.auto_post_webhook_summaries as s
set message = $4::jsonb, held_until = clock_timestamp() + make_interval(secs => $5::double precision)
where s.hook = $1 and s.due_at = $2 and s.holder = $3 and s.state = 'sending'
returning true as is_held
