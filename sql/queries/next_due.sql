-- Seconds until the next row is due; 0 or less: now; NULL: nothing waits but what is parked, or claiming is paused.
select extract(epoch from min(o.available_at) - clock_timestamp())::double precision as seconds
from {{ schema }}.auto_post_outbox as o
where
    o.state in ('pending', 'claimed')
    and o.available_at < 'infinity'
    and not (select c.paused from {{ schema }}.auto_post_control as c)
