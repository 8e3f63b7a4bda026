-- The outbox at a glance, one row.
select
    count(*) filter (where o.state = 'pending') as pending,
    count(*) filter (where o.state = 'claimed') as claimed,
    count(*) filter (where o.state = 'posted') as posted,
    count(*) filter (where o.state = 'skipped') as skipped,
    count(*) filter (where o.state = 'dead') as dead,
    count(*) filter (where o.state = 'pending' and o.available_at = 'infinity') as parked,
    count(*) filter (where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0) as retrying,
    extract(
        epoch from now() - min(o.captured_at) filter (where o.state in ('pending', 'claimed'))
    )::double precision as oldest_seconds
from {{ schema }}.auto_post_outbox as o
