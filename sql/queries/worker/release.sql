-- Returns rows to the queue without an outcome and without counting the attempt: the worker stops, or no row is at
-- fault. $1 ids, $2 epochs, $3 seconds until they may be claimed again, $4 the kind of error, NULL for none.
-- Returns the ids whose lease was still valid. Locks the rows in the order of their ids.
with mine as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    inner join unnest($1::uuid[], $2::integer[]) as v (id, epoch) on o.id = v.id
    where case when o.epoch = v.epoch then o.state = 'claimed' else false end
    order by o.id
    for update of o
)

update {{ schema }}.auto_post_outbox as o
set
    state = 'pending',
    worker = null,
    attempts = greatest(o.attempts - 1, 0),
    last_error = coalesce($4::text, o.last_error),
    available_at = clock_timestamp() + make_interval(secs => $3::double precision)
from mine
where o.id = mine.id
returning o.id
