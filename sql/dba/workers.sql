-- The workers and when each was last seen; one that lives is seen every 15 seconds.
select name, version, in_flight, started_at, now() - last_seen_at as seen_ago
from {{ schema }}.auto_post_workers
order by last_seen_at desc;
