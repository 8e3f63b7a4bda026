-- What was not posted in the last day, by reason and kind of operation.
select
    o.reason,
    o.operation_type,
    count(*) as operations,
    count(distinct o.agent_id) as agents,
    date_trunc('second', max(o.finished_at)) as last_at,
    (array_agg(o.tracker_id order by o.finished_at desc))[1] as last_tracker_id
from {{ schema }}.auto_post_operations as o
where o.state = 'skipped' and o.finished_at > now() - interval '1 day'
group by o.reason, o.operation_type
order by operations desc, o.reason asc, o.operation_type asc;
