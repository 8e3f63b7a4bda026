-- Posts, skips and dead letters of the last hour, minute by minute, and the seconds from capture to outcome.
select
    date_trunc('minute', o.finished_at) as at_minute,
    count(*) filter (where o.state = 'posted') as posted,
    count(*) filter (where o.state = 'skipped') as skipped,
    count(*) filter (where o.state = 'dead') as dead,
    round(percentile_cont(0.5) within group (
        order by extract(epoch from o.finished_at - o.captured_at)
    )::numeric, 3) as median_seconds,
    round(max(extract(epoch from o.finished_at - o.captured_at)), 3) as longest_seconds
from {{ schema }}.auto_post_outbox as o
where o.finished_at > now() - interval '1 hour'
group by at_minute
order by at_minute;
