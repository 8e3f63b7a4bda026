-- Posts, skips and dead letters of the last hour, minute by minute.
select
    date_trunc('minute', finished_at) as at_minute,
    count(*) filter (where state = 'posted') as posted,
    count(*) filter (where state = 'skipped') as skipped,
    count(*) filter (where state = 'dead') as dead,
    round(avg(extract(epoch from finished_at - captured_at))::numeric, 3) as seconds_from_capture
from {{ schema }}.auto_post_outbox
where finished_at > now() - interval '1 hour'
group by at_minute
order by at_minute;
