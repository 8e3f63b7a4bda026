-- The backlog and the switches, one row. Counts at most $1 unfinished rows, the earliest available first, and looks for
-- dead letters among at most $2 rows that finished in the last day.
-- oldest_seconds: age of the oldest pending row that is not parked, NULL for none. due_seconds: how long the row that
-- is longest due has been due, 0 for none. webhooks and webhooks_failing_seconds: each webhook by name, and how long it
-- or its summary has failed, 0 while it delivers. llm_limit_usd: the LLM's budget of this day in UTC, NULL if none was
-- used.
with unfinished as (
    select o.state, o.available_at, o.captured_at, o.attempts, o.summary
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
            where
            u.state = 'pending' and u.available_at < 'infinity'
            and (u.summary is null or u.available_at <= now())  -- a summary of alerts waits for its time
        ))::double precision as oldest_seconds,
        coalesce(
            extract(epoch from now() - min(u.available_at) filter (where u.available_at <= now())), 0
        )::double precision as due_seconds
    from unfinished as u
),

last_day as (
    select o.state
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
    order by o.finished_at desc
    limit $2
),

failing_summaries as (
    select f.hook, min(f.due_at) as failing_since
    from {{ schema }}.auto_post_webhook_summaries as f
    where f.state = 'sending' and f.error is not null and f.due_at > now() - interval '12 hours'
    group by f.hook
),

of_webhooks as (
    select
        coalesce(array_agg(substr(p.name, length('webhook:') + 1) order by p.name), '{}') as webhooks,
        coalesce(array_agg(coalesce(
            extract(epoch from clock_timestamp() - least(p.failing_since, s.failing_since)), 0
        )::double precision order by p.name), '{}') as webhooks_failing_seconds
    from {{ schema }}.auto_post_consumers as p
    left join failing_summaries as s on p.name = 'webhook:' || s.hook
    where p.name like 'webhook:%'
)

select
    d.depth, d.waiting, d.claimed, d.parked, d.retrying, d.oldest_seconds, d.due_seconds,
    (select count(*) from last_day as f where f.state = 'dead') as dead_last_day,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    h.webhooks, h.webhooks_failing_seconds,
    c.paused, c.capture_enabled, c.wakeup,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }}
    ), false) as trigger_enabled,
    l.spent_usd as llm_spent_usd, l.limit_usd as llm_limit_usd, coalesce(l.is_exhausted, false) as llm_is_exhausted,
    now() as read_at
from counted as d
cross join {{ schema }}.auto_post_control as c
cross join of_webhooks as h
left join {{ schema }}.auto_post_llm_days as l on l.day = (now() at time zone 'UTC')::date
