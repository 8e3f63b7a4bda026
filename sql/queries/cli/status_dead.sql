-- The dead letters by error, the commonest first.
select o.last_error as error, count(*) as operations
from {{ schema }}.auto_post_outbox as o
where o.state = 'dead' and o.finished_at is not null
group by o.last_error
order by operations desc, o.last_error asc
