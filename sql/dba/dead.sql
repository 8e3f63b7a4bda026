-- Dead letters of the last week by error, and the statement that gives those of an error another chance.
select
    o.last_error,
    count(*) as operations,
    count(distinct o.agent_id) as agents,
    date_trunc('second', min(o.finished_at)) as first_at,
    date_trunc('second', max(o.finished_at)) as last_at,
    (array_agg(o.tracker_id order by o.finished_at desc))[1] as last_tracker_id,
    format('select {{ schema }}.auto_post_retry_all(%L);', o.last_error) as another_chance
from {{ schema }}.auto_post_outbox as o
where o.state = 'dead' and o.finished_at > now() - interval '7 days'
group by o.last_error
order by operations desc, o.last_error asc;
