-- Chooses up to $1 due rows for a round-robin claim: of the 500 oldest and the 500 newest, the first row of each agent,
-- then the second of each, and so on, so that an agent with a hundred thousand rows does not delay the others. Rows
-- that crashed a worker are left to crashed.sql.
-- $2: all due rows (a full scan), or only those due for less than 10 seconds.
-- Locks nothing; claim.sql checks each row again. The chosen rows of a pause are none.
with both_ends as (
    (
        select o.id, o.agent_id, o.operation_type, o.state, o.crashes, o.available_at
        from {{ schema }}.auto_post_outbox as o
        where
            o.state in ('pending', 'claimed')
            and o.available_at <= now()
            and o.available_at >= case when $2::boolean then '-infinity' else now() - interval '10 seconds' end
        order by o.available_at
        limit 500
    )
    union
    (
        select o.id, o.agent_id, o.operation_type, o.state, o.crashes, o.available_at
        from {{ schema }}.auto_post_outbox as o
        where
            o.state in ('pending', 'claimed')
            and o.available_at <= now()
            and o.available_at >= case when $2::boolean then '-infinity' else now() - interval '10 seconds' end
        order by o.available_at desc
        limit 500
    )
)

select e.id
from both_ends as e
where
    coalesce(not (
        e.state = 'claimed'
        or e.crashes > 0
        or e.agent_id = any(array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'agent'))
        or e.operation_type = any(
            array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'operation_type')
        )
    ), true)
order by row_number() over (partition by e.agent_id order by e.available_at), e.available_at
limit $1
