-- The status of autopost, in one row.
create or replace view {{ schema }}.auto_post_health
with (security_invoker = true)
as
with unfinished as (
    select
        count(*) filter (where o.state = 'pending' and o.available_at < 'infinity') as waiting,
        count(*) filter (where o.state = 'claimed') as claimed,
        count(*) filter (where o.available_at = 'infinity') as parked,
        count(*) filter (
            where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0
        ) as retrying,
        extract(epoch from clock_timestamp() - min(o.captured_at) filter (
            where
            o.state = 'pending' and o.available_at < 'infinity'
            and (o.summary is null or o.available_at <= now())  -- a summary of alerts waits for its time
        ))::double precision as oldest_waiting_seconds
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
),

last_day as (
    select
        count(*) filter (where o.state = 'dead') as dead_last_day,
        count(*) filter (where o.state = 'posted' and o.finished_at > now() - interval '1 hour') as posted_last_hour,
        count(*) filter (where o.state = 'skipped' and o.finished_at > now() - interval '1 hour') as skipped_last_hour,
        count(*) filter (where o.state = 'dead' and o.finished_at > now() - interval '1 hour') as dead_last_hour
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
)

select
    u.waiting, u.claimed, u.parked, u.retrying, u.oldest_waiting_seconds,
    d.dead_last_day, d.posted_last_hour, d.skipped_last_hour, d.dead_last_hour,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    c.paused, c.capture_enabled,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }}
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'The status of autopost, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
comment on column {{ schema }}.auto_post_health.waiting is 'Pending rows that are not parked.';
comment on column {{ schema }}.auto_post_health.parked is 'Pending rows of a paused operation type or agent.';
comment on column {{ schema }}.auto_post_health.retrying is 'Those that wait after a failed attempt.';
comment on column {{ schema }}.auto_post_health.workers_alive is 'Seen in the last 60 seconds.';
comment on column {{ schema }}.auto_post_health.trigger_enabled is
'False: somebody disabled or dropped the trigger; what it misses is captured by the reconciler, later.';
comment on column {{ schema }}.auto_post_health.claimed is 'Rows that a worker holds.';
comment on column {{ schema }}.auto_post_health.oldest_waiting_seconds is
'The age, since capture, of the oldest row that waits. NULL: none does.';
comment on column {{ schema }}.auto_post_health.dead_last_day is 'Dead letters of the last 24 hours.';
comment on column {{ schema }}.auto_post_health.posted_last_hour is
'Outcomes of the last 60 minutes, as in skipped_last_hour and dead_last_hour.';
comment on column {{ schema }}.auto_post_health.paused is
'True: claiming is paused for everything (auto_post_pause() without arguments).';
comment on column {{ schema }}.auto_post_health.capture_enabled is
'False: somebody switched capturing off, and what ends meanwhile is never captured.';
comment on column {{ schema }}.auto_post_health.reconciled_at is
'When a worker last looked for operations that the trigger missed.';
comment on column {{ schema }}.auto_post_health.reconciled_all_at is
'When the reconciler last reached the end of the platform''s table.';
comment on column {{ schema }}.auto_post_health.reconciled_rows is
'How many operations the trigger missed, since the installation.';
