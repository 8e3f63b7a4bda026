-- From capture to post, in the last hour: how many posts, and the seconds of the half and of 99 in 100. Looks at $1
-- rows at the most, the newest.
select
    count(*) as posts,
    percentile_cont(array[0.5, 0.99]) within group (
        order by extract(epoch from n.finished_at - n.captured_at)::double precision
    ) as seconds
from (
    select o.finished_at, o.captured_at, o.state
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 hour'
    order by o.finished_at desc
    limit $1
) as n
where n.state = 'posted'
