-- The workers, the most recently seen first, at most $1. A worker that is alive reports every 15 seconds.
select
    w.name, w.version, w.in_flight, w.last_seen_at > now() - interval '60 seconds' as alive,
    extract(epoch from now() - w.last_seen_at)::double precision as seen_seconds_ago,
    extract(epoch from w.last_seen_at - w.started_at)::double precision as runs_for_seconds
from {{ schema }}.auto_post_workers as w
order by w.last_seen_at desc
limit $1
