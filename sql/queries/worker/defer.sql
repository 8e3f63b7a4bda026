-- Returns rows to the queue without an outcome. $1 ids, $2 epochs, $3 kinds of error, $4 seconds until the next
-- attempt, $5 whether the attempt counts. Returns the ids whose lease was still valid. Locks the rows in the order of
-- their ids.
with mine as (
    select o.id, v.error, v.delay_seconds, v.counts
    from {{ schema }}.auto_post_outbox as o
    inner join unnest(
        $1::uuid[], $2::integer[], $3::text[], $4::double precision[], $5::boolean[]
    ) as v (id, epoch, error, delay_seconds, counts) on o.id = v.id
    where case when o.epoch = v.epoch then o.state = 'claimed' else false end
    order by o.id
    for update of o
)

update {{ schema }}.auto_post_outbox as o
set
    state = 'pending',
    worker = null,
    attempts = case when mine.counts then o.attempts else greatest(o.attempts - 1, 0) end,
    last_error = mine.error,
    available_at = clock_timestamp() + make_interval(secs => mine.delay_seconds)
from mine
where o.id = mine.id
returning o.id
