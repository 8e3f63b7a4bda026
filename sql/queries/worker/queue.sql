-- Returns the backlog, its age and the switches, in one row. $1: reads at most so many rows of each index; more are not
-- counted. Counts the dead letters of the last day.
-- due_seconds: for how long the oldest due row has been due; 0 when no row is due.
with unfinished as (
    select o.state, o.available_at
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
    order by o.available_at
    limit $1
),

finished as (
    select o.state
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
    order by o.finished_at desc
    limit $1
)

select
    count(*) filter (where u.state = 'pending' and u.available_at < 'infinity') as pending,
    count(*) filter (where u.state = 'pending' and u.available_at = 'infinity') as parked,
    count(*) filter (where u.state = 'claimed') as claimed,
    (select count(*) from finished as f where f.state = 'dead') as dead,
    coalesce(
        extract(epoch from now() - min(u.available_at) filter (where u.available_at <= now())), 0
    )::double precision as due_seconds,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers,
    (select c.capture_enabled from {{ schema }}.auto_post_control as c) as capture_enabled,
    (select c.paused from {{ schema }}.auto_post_control as c) as paused,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
    ), false) as trigger_enabled
from unfinished as u
