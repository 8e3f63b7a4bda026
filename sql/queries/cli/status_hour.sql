-- What came of operations in the last hour: how many for each outcome and, of those skipped, for each reason.
select o.state, o.reason, count(*) as operations
from {{ schema }}.auto_post_outbox as o
where o.finished_at > now() - interval '1 hour'
group by o.state, o.reason
order by operations desc, o.state asc, o.reason asc
