-- Claims up to $2 due rows for worker $1, with a lease of $3, oldest due first. $4: all due rows (a full scan), or only
-- those due for less than 10 seconds. $5: the rows to claim, chosen by round_robin.sql or crashed.sql; NULL: the oldest
-- that never crashed a worker. A row whose lease expired is not due: rescue.sql returns it to the queue.
-- $6: whether the operations are read again: what was committed replaces the tenant and the texts that the trigger
-- captured, and an agent that was missing, if the operation still has that status and that agent (ADR 31). read_error:
-- why one could not be read. A draft of other texts is dropped. is_paused: the agent that was missing is paused.
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
    select o.ctid as place, o.tracker_id, o.status, o.agent_id, o.summary
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
    select o.ctid as place, o.tracker_id, o.status, o.agent_id, o.summary
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

picked as materialized (
    select l.* from oldest as l
    union all
    select l.* from chosen as l
),

claimed as (
    update {{ schema }}.auto_post_outbox as o
    set
        tenant_id = case when p.is_read then p.tenant_id else o.tenant_id end,
        agent_id = case when p.is_read then p.agent_id else o.agent_id end,
        -- A text that is the same stays where it is.
        what_explanation = case
            when p.is_read and p.what_explanation is distinct from o.what_explanation then p.what_explanation
            else o.what_explanation
        end,
        why_explanation = case
            when p.is_read and p.why_explanation is distinct from o.why_explanation then p.why_explanation
            else o.why_explanation
        end,
        next_steps = case
            when p.is_read and p.next_steps is distinct from o.next_steps then p.next_steps else o.next_steps
        end,
        draft = case
            when
                o.draft is not null and p.is_read
                and (p.what_explanation, p.why_explanation, p.next_steps)
                is distinct from (o.what_explanation, o.why_explanation, o.next_steps)
                then null
            else o.draft
        end,
        state = 'claimed',
        epoch = 1 + case
            when (select r.id from {{ schema }}.auto_post_tombstones as r where r.id = o.id) is null then o.epoch
            else greatest(o.epoch, 1000000)
        end,
        attempts = least(o.attempts + 1, 32767),
        worker = $1,
        claimed_at = clock_timestamp(),
        available_at = clock_timestamp() + $3::interval
    from (
        select
            p.place, m.tenant_id, m.agent_id, m.what_explanation, m.why_explanation, m.next_steps, m.error,
            coalesce(
                m.error is null and m.tracker_id = p.tracker_id and m.status is not distinct from p.status
                and (p.agent_id is null or p.agent_id = m.agent_id), false
            ) as is_read
        from picked as p
        left join {{ schema }}.auto_post_committed(
            case when $6::boolean then array(select i.tracker_id from picked as i where i.summary is null) end
        ) as m on p.tracker_id = m.tracker_id
    ) as p
    where o.ctid = p.place
    returning o.*, p.error as read_error
)

select
    s.has_pauses, c.id, c.epoch, c.attempts, coalesce(c.crashes, 0) as crashes, left(c.tracker_id, 1000) as tracker_id,
    left(c.tenant_id, 200) as tenant_id, left(c.agent_id, 200) as agent_id,
    left(c.operation_type, 200) as operation_type, left(c.status, 200) as status, c.is_alert,
    left(c.what_explanation, 4000) as what_explanation, left(c.why_explanation, 4000) as why_explanation,
    left(c.next_steps, 4000) as next_steps, c.captured_at, c.claimed_at, c.draft, left(c.last_error, 200) as last_error,
    w.operation_type as summary_type, w.began_at as summary_began_at, w.suppressed, w.first_suppressed_at,
    w.last_suppressed_at,
    c.epoch > 1000000 as already_processed, c.read_error, c.rule_id, t.title as rule_title,
    a.id as known_agent_id, a.is_unique as agent_is_unique, a.name as agent_name, a.maturity as agent_maturity,
    l.last_post_at, a.tenant_id as agent_tenant_id,
    coalesce(c.agent_id = any((select h.agents from switches as h)::text[]), false) as is_paused
from (
    select
        set_config('synchronous_commit', 'off', true) as synchronous_commit,
        (select cardinality(i.agents) + cardinality(i.types) from switches as i) > 0 as has_pauses
) as s
left join claimed as c on true
-- One index lookup each, whatever the planner expects of the table sizes.
left join lateral (
    select
        case when count(*) > 0 then c.agent_id end as id, count(*) < 2 as is_unique, min(k.name) as name,
        min(k.maturity) as maturity, min(k.tenant_id) as tenant_id
    from (
        select
            -- The platform's columns may have any type: format() calls the type's output function, and no cast. A value
            -- of many kilobytes, stored, counts as none: to read it costs every claim.
            case when pg_column_size(a.name) < 10000 then left(format('%s', a.name), 200) end as name,
            case when pg_column_size(a.maturity) < 10000 then left(format('%s', a.maturity), 200) end as maturity,
            case when pg_column_size(a.tenant_id) < 10000 then left(format('%s', a.tenant_id), 200) end as tenant_id
        from {{ platform }}.agents as a
        -- A longer id is unknown, not another agent's.
        where c.agent_id = a.id and c.agent_id = left(c.agent_id, 200)
        order by a.id
        limit 2
    ) as k
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
