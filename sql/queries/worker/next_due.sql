-- Returns the seconds until the next row is due, 0 or less for now; NULL when there is none but parked rows and rows
-- that crashed a worker, or when everything is paused. $1: all rows (a full scan), or only those that have been due for
-- less than 10 seconds.
select extract(epoch from min(o.available_at) - clock_timestamp())::double precision as seconds
from {{ schema }}.auto_post_outbox as o
where
    o.state in ('pending', 'claimed')
    and coalesce(not (o.state = 'claimed' or o.crashes > 0), true)
    and o.available_at < 'infinity'
    and o.available_at >= case when $1::boolean then '-infinity' else now() - interval '10 seconds' end
    and not (select c.paused from {{ schema }}.auto_post_control as c)
