-- Records the outcome of the summary of a webhook ($1) due at $2, if this worker ($3) holds it: $4 the state, sending
-- for one that is tried again after $6 seconds; $5 the error.
update {{ schema }}.auto_post_webhook_summaries as s
set
    state = $4, error = $5, held_until = clock_timestamp() + make_interval(secs => $6::double precision),
    ended_at = case when $4::text <> 'sending' then clock_timestamp() end
where s.hook = $1 and s.due_at = $2 and s.holder = $3 and s.state = 'sending'
