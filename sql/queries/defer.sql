-- Gives rows back after a failed attempt. $1 ids, $2 epochs, $3 kinds of error, $4 seconds until the next attempt.
-- Returns the ids that were still ours.
update {{ schema }}.auto_post_outbox as o
set
    state = 'pending',
    worker = null,
    last_error = v.error,
    available_at = clock_timestamp() + make_interval(secs => v.delay_seconds)
from unnest($1::uuid[], $2::integer[], $3::text[], $4::double precision[]) as v (id, epoch, error, delay_seconds)
where o.id = v.id and o.epoch = v.epoch and o.state = 'claimed'
returning o.id
