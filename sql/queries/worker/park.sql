-- Parks the paused rows among the 1,000 oldest due, so that the next claim does not read them again: they are pending,
-- and due when auto_post_resume ends the pause. A row whose lease expired is taken from its worker by a new epoch.
-- $1: all due rows (a full scan), or only those due for less than 10 seconds.
-- Locks the pauses, so that auto_post_resume waits and finds every parked row. Skips a pause that is being ended, and
-- rows that are locked. The commit does not wait for the disk, as that of a claim.
with commit_soon as materialized (
    select set_config('synchronous_commit', 'off', true) as is_set
),

pauses as (
    select p.kind, p.value
    from {{ schema }}.auto_post_pauses as p
    for key share skip locked
),

oldest as (
    select o.id, o.agent_id, o.operation_type
    from {{ schema }}.auto_post_outbox as o
    where
        o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $1::boolean then '-infinity' else now() - interval '10 seconds' end
    order by o.available_at
    limit 1000
),

paused as (
    select o.id
    from oldest as o
    where
        o.agent_id = any(array(select p.value from pauses as p where p.kind = 'agent'))
        or o.operation_type = any(array(select p.value from pauses as p where p.kind = 'operation_type'))
),

locked as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        o.id = any(array(select p.id from paused as p))
        -- Checked again because the row may have changed meanwhile. CASE keeps the planner to the primary key.
        and case when o.available_at <= now() then o.state in ('pending', 'claimed') else false end
    for update skip locked
)

update {{ schema }}.auto_post_outbox as o
set state = 'pending', worker = null, epoch = o.epoch + 1, available_at = 'infinity'
from locked
cross join commit_soon
where o.id = locked.id
