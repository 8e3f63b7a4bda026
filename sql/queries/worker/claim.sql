-- Claims up to $4 due rows for worker $1, with a lease of $2: the oldest due that never crashed a worker. $5: all due
-- rows (a full scan), or only those due for less than 10 seconds. A row whose lease expired is not due: rescue.sql
-- returns it to the queue.
-- $3: whether the operations are read again: what was committed replaces the tenant and the texts that the trigger
-- captured, and an agent that was missing, if the operation still has that status and that agent (ADR 31). read_error:
-- why one could not be read. A draft of other texts is dropped. is_paused: the agent that was missing is paused.
-- Locks the rows that it claims, skips rows that are locked, and never claims a row of a pause. Texts are cut, one row
-- at a time: a row from before the trigger cut them must not exhaust the memory of a worker.
-- Returns the rows in no order, or one with a NULL id when it claims nothing. has_pauses: park.sql may have work to do.
-- agents: name, maturity and tenant of each agent of that id, at most two.
-- already_processed: a row of this id was removed, and its operation must not be posted again. The new row's epochs
-- start at 1,000,000, so that a worker which still has a claim on the removed row cannot change the new one.
-- The commit does not wait for the disk (ADR 20): a server crash may undo the claim and nothing else.
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
            not s.paused
            and o.state in ('pending', 'claimed')
            and o.available_at <= now()
            and o.available_at >= case when $5::boolean then '-infinity' else now() - interval '10 seconds' end
            -- One expression: the planner then expects it to keep half of the rows, and uses the index.
            and coalesce(not (
                o.state = 'claimed'
                or o.crashes > 0
                or o.agent_id = any(s.agents)
                or o.operation_type = any(s.types)
            ), true)
        order by o.available_at
        limit $4
        for update of o skip locked
    ) as l
),

{{ part.claimed }}
