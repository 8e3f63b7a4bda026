-- Which workers are running? Each, whether it is alive (seen every 15 seconds), and how many operations it holds.
select
    w.name,
    w.version,
    w.last_seen_at > now() - interval '60 seconds' as alive,
    date_trunc('second', now() - w.last_seen_at) as seen_ago,
    date_trunc('second', now() - w.started_at) as runs_for,
    (
        select count(*)
        from {{ schema }}.auto_post_outbox as o
        where o.state = 'claimed' and o.worker = w.name
    ) as holds
from {{ schema }}.auto_post_workers as w
order by w.last_seen_at desc;
