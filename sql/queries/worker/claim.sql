-- Claims what is due, oldest first, also rows whose lease ran out: that is the rescue.
-- $1 worker, $2 most rows, $3 lease, $4 everything that is due, or only what has been so for less than 10 seconds,
-- $5 fairly: of the 500 that are longest due and the 500 that are latest, each agent's first, then each one's second
-- and so on, so that an agent with a hundred thousand rows does not keep others waiting.
-- Locks the rows it takes and skips those that others hold.
-- A row whose id retention took away before is an old operation that came up again: it is skipped, and says so.
-- Rows of a pause among the 1,000 that are longest due are parked, so that the next claim does not meet them again; the
-- lock on the pauses keeps auto_post_resume waiting until that is done.
-- Its commit does not wait for the disk (ADR 20): a server that crashes may forget the claim, and the row is as it was.
with commit_soon as materialized (
    select set_config('synchronous_commit', 'off', true) as is_set
),

pauses as (
    select p.kind, p.value
    from {{ schema }}.auto_post_pauses as p
    for key share skip locked
),

paused as (
    select
        array(select p.value from pauses as p where p.kind = 'agent') as agents,
        array(select p.value from pauses as p where p.kind = 'operation_type') as operation_types
),

longest_due as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        not $5::boolean
        and o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $4::boolean then '-infinity' else now() - interval '10 seconds' end
        and not (select c.paused from {{ schema }}.auto_post_control as c)
        -- In one, so that the planner takes it to pass half of the rows, and goes by the index.
        and coalesce(not (
            o.agent_id = any((select p.agents from paused as p)::text[])
            or o.operation_type = any((select p.operation_types from paused as p)::text[])
        ), true)
    order by o.available_at
    limit $2
    for update of o skip locked
),

both_ends as (
    (
        select o.id, o.agent_id, o.operation_type, o.available_at
        from {{ schema }}.auto_post_outbox as o
        where
            $5::boolean
            and o.state in ('pending', 'claimed')
            and o.available_at <= now()
            and o.available_at >= case when $4::boolean then '-infinity' else now() - interval '10 seconds' end
        order by o.available_at
        limit 500
    )
    union
    (
        select o.id, o.agent_id, o.operation_type, o.available_at
        from {{ schema }}.auto_post_outbox as o
        where
            $5::boolean
            and o.state in ('pending', 'claimed')
            and o.available_at <= now()
            and o.available_at >= case when $4::boolean then '-infinity' else now() - interval '10 seconds' end
        order by o.available_at desc
        limit 500
    )
),

fair as (
    select e.id
    from both_ends as e
    where
        coalesce(not (
            e.agent_id = any((select p.agents from paused as p)::text[])
            or e.operation_type = any((select p.operation_types from paused as p)::text[])
        ), true)
    order by row_number() over (partition by e.agent_id order by e.available_at), e.available_at
    limit $2
),

fairly_due as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        o.id = any(array(select f.id from fair as f))
        and not (select c.paused from {{ schema }}.auto_post_control as c)
        -- Asked again of a row that changed meanwhile. The form keeps the planner to the primary key.
        and case when o.available_at <= now() then o.state in ('pending', 'claimed') else false end
    for update of o skip locked
),

due as (
    select d.id, (select s.id from {{ schema }}.auto_post_seen as s where s.id = d.id) is not null as was_removed
    from (
        select l.id from longest_due as l
        union all
        select f.id from fairly_due as f
    ) as d
),

oldest as (
    select
        o.id,
        o.agent_id = any((select p.agents from paused as p)::text[])
        or o.operation_type = any((select p.operation_types from paused as p)::text[]) as is_paused
    from {{ schema }}.auto_post_outbox as o
    where
        o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $4::boolean then '-infinity' else now() - interval '10 seconds' end
        and (select count(*) from pauses) > 0
    order by o.available_at
    limit 1000
),

parking as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        o.id = any(array(select oldest.id from oldest where oldest.is_paused))
        -- Asked again of a row that changed meanwhile. The form keeps the planner to the primary key.
        and case when o.available_at <= now() then o.state in ('pending', 'claimed') else false end
    for update skip locked
),

parked as (
    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', worker = null, epoch = o.epoch + 1, available_at = 'infinity'
    from parking
    where o.id = parking.id
),

counted_before as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = 'skipped',
        reason = 'counted_before',
        epoch = o.epoch + 1,
        worker = null,
        finished_at = clock_timestamp()
    where o.id = any(array(select d.id from due as d where d.was_removed))
    returning o.*
),

audited as (
    insert into {{ platform }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
    )
    select
        gen_random_uuid()::text, s.finished_at, s.agent_id, 'auto_post.skipped',
        case when s.operation_type ~ '^{{ pattern.operation_type }}$' then s.operation_type end, s.tracker_id,
        case when s.status ~ '^{{ pattern.status }}$' then s.status end,
        jsonb_build_object(
            'outcome', 'skipped', 'reason', s.reason, 'outbox_id', s.id, 'attempts', s.attempts, 'worker', $1::text
        )
    from counted_before as s
),

claimed as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = 'claimed',
        epoch = o.epoch + 1,
        attempts = least(o.attempts + 1, 32767),
        worker = $1,
        claimed_at = clock_timestamp(),
        available_at = clock_timestamp() + $3::interval
    where o.id = any(array(select d.id from due as d where not d.was_removed))
    returning o.*
)

select
    c.id, c.epoch, c.attempts, c.tracker_id, c.tenant_id, c.agent_id, c.operation_type, c.status, c.is_alert,
    c.what_explanation, c.why_explanation, c.next_steps, c.captured_at, c.claimed_at, c.kept, c.last_error,
    a.id as known_agent_id, a.name as agent_name, a.maturity as agent_maturity, a.category as agent_category,
    l.last_post_at
from claimed as c
cross join commit_soon
-- One probe each, whatever the planner thinks of the sizes.
left join lateral (
    select k.id, k.name, k.maturity, k.category from {{ platform }}.agents as k
    where c.agent_id = k.id
    order by k.id
    limit 1
) as a on true
left join lateral (
    select r.last_post_at from {{ schema }}.auto_post_rate_limits as r
    where c.agent_id = r.agent_id
    order by r.agent_id
    limit 1
) as l on true
order by c.captured_at
