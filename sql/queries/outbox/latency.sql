-- Posts of the last 60 minutes and their seconds from capture to post, median and p99, among the newest $1 outcomes.
-- The seconds are without summaries of alerts, which wait for the end of their windows.
select
    count(*) as posts,
    percentile_cont(array[0.5, 0.99]) within group (
        order by extract(epoch from n.finished_at - n.captured_at)::double precision
    ) filter (where n.summary is null) as seconds
from (
    select o.finished_at, o.captured_at, o.state, o.summary
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at >= date_trunc('minute', now()) - interval '59 minutes'
    order by o.finished_at desc
    limit $1
) as n
where n.state = 'posted'
