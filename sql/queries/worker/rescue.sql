-- Returns the rows of crashed workers to the queue: rows of workers whose session has ended, and rows whose lease
-- expired, the latter among the 1,000 oldest due. $1: a worker whose rows are skipped, the caller; NULL for none.
-- $2: all due rows (a full scan), or only those due for less than 10 seconds.
-- Any row in flight can be the cause of a crash, so the attempt counts only for a row that crashed twice before: it was
-- claimed alone. Such a row is dead after $3 attempts, with its audit row; its texts are not read.
-- Locks the rows that it changes, skips rows that are locked. Takes the free locks of workers for a moment, so that one
-- session at a time rescues the rows of a worker. Returns the number of rows, the ids of the dead ones, and how many of
-- their audit rows the platform's table kept.
with ended as materialized (
    select w.name, w.last_seen_at
    from {{ schema }}.auto_post_workers as w
    where w.name is distinct from $1::text and w.lock_key is not null and pg_try_advisory_xact_lock(w.lock_key)
),

due as (
    select o.id, o.state
    from {{ schema }}.auto_post_outbox as o
    where
        o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $2::boolean then '-infinity' else now() - interval '10 seconds' end
    order by o.available_at
    limit 1000
),

orphaned as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        (select count(*) from ended) > 0
        and o.state = 'claimed'
        and o.available_at > now() and o.available_at < 'infinity'
        and o.worker = any((select array_agg(e.name) from ended as e)::text[])
    order by o.available_at
    limit 2000
),

crashed as (
    select
        o.id,
        coalesce(o.crashes, 0) >= 2 as was_alone,
        coalesce(o.crashes, 0) >= 2 and o.attempts >= $3::integer as is_dead
    from {{ schema }}.auto_post_outbox as o
    where
        o.id = any(array(select d.id from due as d where d.state = 'claimed') || array(select p.id from orphaned as p))
        -- Checked again, because the row may have changed. CASE keeps the planner to the primary key.
        and case
            when o.state = 'claimed'
                then o.available_at <= now() or o.worker = any((select array_agg(e.name) from ended as e)::text[])
            else false
        end
    order by o.id
    for update of o skip locked
),

returned as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = case when c.is_dead then 'dead' else 'pending' end,
        worker = null,
        crashes = least(coalesce(o.crashes, 0) + 1, 32767),
        attempts = case when c.was_alone then o.attempts else greatest(o.attempts - 1, 0) end,
        last_error = case when c.is_dead then 'worker_crashed' else o.last_error end,
        available_at = now(),
        finished_at = case when c.is_dead then now() end
    from crashed as c
    where o.id = c.id
    returning
        o.id, o.state, o.attempts, o.claimed_at, o.is_alert,
        case when o.state = 'dead' then left(o.agent_id, 200) end as agent_id,
        case when o.state = 'dead' then left(o.tracker_id, 1000) end as tracker_id,
        case when o.state = 'dead' then left(o.operation_type, 200) end as operation_type,
        case when o.state = 'dead' then left(o.status, 200) end as status
),

audited as (
    insert into {{ platform }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details
    )
    select
        gen_random_uuid()::text, now(), r.agent_id, 'auto_post.dead',
        case
            when
                length(r.operation_type) <= {{ pattern.operation_type_length }}
                and r.operation_type ~ '^{{ pattern.operation_type }}$'
                then r.operation_type
            else '(not redacted)'
        end,
        r.tracker_id,
        case
            when length(r.status) <= {{ pattern.status_length }} and r.status ~ '^{{ pattern.status }}$' then r.status
        end,
        null,
        jsonb_build_object(
            'outcome', 'dead', 'reason', null, 'error', 'worker_crashed', 'outbox_id', r.id, 'is_alert', r.is_alert,
            'generator', null, 'model', null, 'prompt', null, 'fallback', null,
            'prompt_tokens', 0, 'completion_tokens', 0, 'cost_usd', 0, 'redactions', '{}'::jsonb,
            'attempts', r.attempts, 'duration_ms', greatest(round(extract(epoch from now() - r.claimed_at) * 1000), 0),
            'worker', $4::text
        )
    from returned as r
    where r.state = 'dead'
    returning true as is_kept
),

-- A statement that a worker had sent before it ended may still commit claims: look for them for a minute.
forgotten as (
    update {{ schema }}.auto_post_workers as w
    set lock_key = null
    from ended as e
    where w.name = e.name and w.last_seen_at = e.last_seen_at and e.last_seen_at < now() - interval '1 minute'
)

select
    count(*)::integer as rows, coalesce(array_agg(r.id) filter (where r.state = 'dead'), '{}') as dead,
    (select count(*) from audited)::integer as audited
from returned as r
