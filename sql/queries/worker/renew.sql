-- Extends the leases of rows that are in progress. $1 ids, $2 epochs, $3 lease.
-- Locks the rows in the order of their ids, so that concurrent statements do not deadlock.
with mine as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    inner join unnest($1::uuid[], $2::integer[]) as v (id, epoch) on o.id = v.id
    where case when o.epoch = v.epoch then o.state = 'claimed' else false end
    order by o.id
    for update of o
)

update {{ schema }}.auto_post_outbox as o
set available_at = clock_timestamp() + $3::interval
from mine
where o.id = mine.id
