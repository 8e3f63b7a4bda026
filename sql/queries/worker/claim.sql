-- Claims up to $2 due rows for worker $1, with a lease of $3, oldest due first. $4: all due rows (a full scan), or only
-- those due for less than 10 seconds. $5: the rows to claim, chosen by round_robin.sql or crashed.sql; NULL: the oldest
-- that never crashed a worker. A row whose lease expired is not due: rescue.sql returns it to the queue.
-- Locks the rows that it claims, skips rows that are locked, and never claims a row of a pause. Texts are cut, one row
-- at a time: a row from before the trigger cut them must not exhaust the memory of a worker.
-- Returns one row with a NULL id when it claims nothing. has_pauses: park.sql may have work to do.
-- already_processed: a row of this id was removed, and its operation must not be posted again. The new row's epochs
-- start at 1,000,000, so that a worker which still has a claim on the removed row cannot change the new one.
-- The commit does not wait for the disk (ADR 20): a server crash may undo the claim and nothing else.
with switches as materialized (
    select
        c.paused,
        array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'agent') as agents,
        array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'operation_type') as types
    from {{ schema }}.auto_post_control as c
),

oldest as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        $5::uuid[] is null
        and o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $4::boolean then '-infinity' else now() - interval '10 seconds' end
        and not (select s.paused from switches as s)
        -- One expression: the planner then expects it to keep half of the rows, and uses the index.
        and coalesce(not (
            o.state = 'claimed'
            or o.crashes > 0
            or o.agent_id = any((select s.agents from switches as s)::text[])
            or o.operation_type = any((select s.types from switches as s)::text[])
        ), true)
    order by o.available_at
    limit $2
    for update of o skip locked
),

chosen as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        o.id = any($5::uuid[])
        -- Checked again, because the row may have changed. CASE keeps the planner to the primary key.
        and case when o.available_at <= now() then o.state = 'pending' else false end
        and not (select s.paused from switches as s)
        and coalesce(not (
            o.agent_id = any((select s.agents from switches as s)::text[])
            or o.operation_type = any((select s.types from switches as s)::text[])
        ), true)
    for update of o skip locked
),

claimed as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = 'claimed',
        epoch = 1 + case
            when (select r.id from {{ schema }}.auto_post_tombstones as r where r.id = o.id) is null then o.epoch
            else greatest(o.epoch, 1000000)
        end,
        attempts = least(o.attempts + 1, 32767),
        worker = $1,
        claimed_at = clock_timestamp(),
        available_at = clock_timestamp() + $3::interval
    where o.id = any(array(select l.id from oldest as l) || array(select l.id from chosen as l))
    returning o.*
)

select
    s.has_pauses, c.id, c.epoch, c.attempts, coalesce(c.crashes, 0) as crashes, left(c.tracker_id, 1000) as tracker_id,
    left(c.tenant_id, 200) as tenant_id, left(c.agent_id, 200) as agent_id,
    left(c.operation_type, 200) as operation_type, left(c.status, 200) as status, c.is_alert,
    left(c.what_explanation, 4000) as what_explanation, left(c.why_explanation, 4000) as why_explanation,
    left(c.next_steps, 4000) as next_steps, c.captured_at, c.claimed_at, c.draft, left(c.last_error, 200) as last_error,
    w.operation_type as summary_type, w.began_at as summary_began_at, w.suppressed, w.first_suppressed_at,
    w.last_suppressed_at,
    (select r.id from {{ schema }}.auto_post_tombstones as r where r.id = c.id) is not null as already_processed,
    t.title as rule_title, a.id as known_agent_id, a.name as agent_name, a.maturity as agent_maturity, l.last_post_at,
    a.tenant_id as agent_tenant_id
from (
    select
        set_config('synchronous_commit', 'off', true) as synchronous_commit,
        (select count(*) from {{ schema }}.auto_post_pauses) > 0 as has_pauses
) as s
left join claimed as c on true
-- One index lookup each, whatever the planner expects of the table sizes.
left join lateral (
    select
        c.agent_id as id,
        -- The platform's columns may have any type: format() calls the type's output function, and no cast.
        case when k.name is not null then left(format('%s', k.name), 200) end as name,
        case when k.maturity is not null then left(format('%s', k.maturity), 200) end as maturity,
        case when k.tenant_id is not null then left(format('%s', k.tenant_id), 200) end as tenant_id
    from {{ platform }}.agents as k
    where c.agent_id = k.id and c.agent_id = left(c.agent_id, 200) -- a longer id is unknown, not another agent's
    order by k.id
    limit 1
) as a on true
left join lateral (
    select r.last_post_at from {{ schema }}.auto_post_rate_limits as r
    where c.agent_id = r.agent_id
    order by r.agent_id
    limit 1
) as l on true
-- The title that posts show instead of the operation type.
left join lateral (
    select u.title from {{ schema }}.auto_post_rules as u
    where c.rule_id = u.id
    order by u.id
    limit 1
) as t on true
-- The window that the row sums up.
left join lateral (
    select n.operation_type, n.began_at, n.suppressed, n.first_suppressed_at, n.last_suppressed_at
    from {{ schema }}.auto_post_alert_windows as n
    where
        c.summary is not null
        and c.agent_id = n.agent_id
        and c.summary ->> 'operation_type' = n.operation_type
        and (c.summary ->> 'began_at')::timestamptz = n.began_at
    order by n.agent_id
    limit 1
) as w on true
order by c.captured_at
