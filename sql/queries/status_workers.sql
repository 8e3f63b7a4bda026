-- The workers, the most lately seen first.
select w.name, w.version, w.in_flight, extract(epoch from now() - w.last_seen_at)::double precision as seen_seconds_ago
from {{ schema }}.auto_post_workers as w
order by w.last_seen_at desc
