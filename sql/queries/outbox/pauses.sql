-- The paused agents and operation types, the latest first, at most $1.
select p.kind, p.value, p.paused_at, p.paused_by
from {{ schema }}.auto_post_pauses as p
order by p.paused_at desc, p.kind asc, p.value asc
limit $1
