-- Gives rows back untried, when a worker stops: it burns no attempt. $1 ids, $2 epochs.
-- Returns the ids that were still ours.
update {{ schema }}.auto_post_outbox as o
set state = 'pending', worker = null, attempts = o.attempts - 1, available_at = clock_timestamp()
from unnest($1::uuid[], $2::integer[]) as v (id, epoch)
where o.id = v.id and o.epoch = v.epoch and o.state = 'claimed'
returning o.id
