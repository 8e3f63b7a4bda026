-- What waits and the switches, one row. Counts $1 unfinished rows at the most, those that are due first.
with unfinished as (
    select o.state, o.available_at, o.captured_at, o.attempts
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
    order by o.available_at
    limit $1
),

counted as (
    select
        count(*) as depth,
        count(*) filter (where u.state = 'pending' and u.available_at < 'infinity') as waiting,
        count(*) filter (where u.state = 'claimed') as claimed,
        count(*) filter (where u.available_at = 'infinity') as parked,
        count(*) filter (where u.state = 'pending' and u.available_at < 'infinity' and u.attempts > 0) as retrying,
        extract(epoch from clock_timestamp() - min(u.captured_at) filter (
            where u.state = 'pending' and u.available_at < 'infinity'
        ))::double precision as oldest_seconds
    from unfinished as u
)

select
    d.depth, d.waiting, d.claimed, d.parked, d.retrying, d.oldest_seconds, c.paused, c.capture_enabled, c.wakeup,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
    ), false) as trigger_enabled,
    now() as read_at
from counted as d
cross join {{ schema }}.auto_post_control as c
