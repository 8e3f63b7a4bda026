-- Dead letters of the last week by error, and the statement that retries those of an error.
select
    d.last_error,
    count(*) as operations,
    count(distinct d.agent_id) as agents,
    date_trunc('second', min(d.finished_at)) as first_at,
    date_trunc('second', max(d.finished_at)) as last_at,
    (array_agg(d.tracker_id order by d.finished_at desc))[1] as last_tracker_id,
    format('select {{ schema }}.auto_post_retry_all(%L);', d.last_error) as to_retry
from {{ schema }}.auto_post_dead as d
where d.finished_at > now() - interval '7 days'
group by d.last_error
order by operations desc, d.last_error asc;
