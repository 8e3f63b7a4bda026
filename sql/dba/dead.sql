-- Dead letters of the last week, by error.
select last_error, count(*) as operations, min(finished_at) as first_at, max(finished_at) as last_at
from {{ schema }}.auto_post_outbox
where state = 'dead' and finished_at > now() - interval '7 days'
group by last_error
order by operations desc;
