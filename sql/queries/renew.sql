-- Renews the leases of rows on which work goes on. $1 ids, $2 epochs, $3 lease.
update {{ schema }}.auto_post_outbox as o
set available_at = clock_timestamp() + $3::interval
from unnest($1::uuid[], $2::integer[]) as v (id, epoch)
where o.id = v.id and o.epoch = v.epoch and o.state = 'claimed'
