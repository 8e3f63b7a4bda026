-- How many dead letters there are, of the error $1, or, where it is NULL, of any.
select count(*)
from {{ schema }}.auto_post_outbox as o
where o.state = 'dead' and o.finished_at is not null and ($1::text is null or o.last_error = $1)
