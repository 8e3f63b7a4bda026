-- Claims those of the rows $4 that are due, as claim.sql does: for worker $1, with a lease of $2. $3: whether the
-- operations are read again. The rows were chosen by round_robin.sql or crashed.sql.
-- There is one row of switches; LIMIT lets the planner know.
with switches as materialized (
    select
        set_config('synchronous_commit', 'off', true) as synchronous_commit,
        c.paused,
        array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'agent') as agents,
        array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'operation_type') as types
    from {{ schema }}.auto_post_control as c
    limit 1 -- noqa: AM09
),

picked as materialized (
    select l.*
    from switches as s
    cross join lateral (
        select o.ctid as place, o.tracker_id, o.status, o.agent_id, o.summary
        from {{ schema }}.auto_post_outbox as o
        where
            o.id = any($4::uuid[])
            and not s.paused
            -- Checked again, because the row may have changed. CASE keeps the planner to the primary key.
            and case when o.available_at <= now() then o.state = 'pending' else false end
            and coalesce(not (o.agent_id = any(s.agents) or o.operation_type = any(s.types)), true)
        for update of o skip locked
    ) as l
),

{{ part.claimed }}
