-- The operation that the outbox row $1 is of; no row where there is no such row.
select o.tracker_id
from {{ schema }}.auto_post_outbox as o
where o.id = $1
