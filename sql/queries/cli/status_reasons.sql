-- How many operations were skipped, by reason.
select o.reason, count(*) as operations
from {{ schema }}.auto_post_outbox as o
where o.state = 'skipped'
group by o.reason
order by operations desc, o.reason asc
