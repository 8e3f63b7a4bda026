-- What was not posted in the last day, by reason and kind of operation.
select reason, operation_type, count(*) as operations, count(distinct agent_id) as agents
from {{ schema }}.auto_post_outbox
where state = 'skipped' and finished_at > now() - interval '1 day'
group by reason, operation_type
order by operations desc;
