-- Outcomes of the last 60 minutes, minute by minute, among the newest $1.
select
    date_trunc('minute', n.finished_at) as at_minute,
    count(*) filter (where n.state = 'posted') as posted,
    count(*) filter (where n.state = 'skipped') as skipped,
    count(*) filter (where n.state = 'dead') as dead
from (
    select o.finished_at, o.state
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at >= date_trunc('minute', now()) - interval '59 minutes'
    order by o.finished_at desc
    limit $1
) as n
group by at_minute
order by at_minute
