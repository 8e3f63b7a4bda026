-- Chooses rows to claim after a crash: of the 1,000 oldest due, the five oldest that crashed once, and the oldest that
-- crashed more often, which must be claimed alone. $1: all due rows (a full scan), or only those due for less than 10
-- seconds. Locks nothing; claim.sql checks each row again. The chosen rows of a pause are none.
with due as (
    select o.id, o.agent_id, o.operation_type, o.state, o.crashes, o.available_at
    from {{ schema }}.auto_post_outbox as o
    where
        o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and o.available_at >= case when $1::boolean then '-infinity' else now() - interval '10 seconds' end
        and not (select c.paused from {{ schema }}.auto_post_control as c)
    order by o.available_at
    limit 1000
),

crashed as (
    select
        d.id, d.crashes > 1 as alone,
        row_number() over (partition by d.crashes > 1 order by d.available_at, d.id) as place
    from due as d
    where
        d.state = 'pending'
        and d.crashes > 0
        and coalesce(not (
            d.agent_id = any(array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'agent'))
            or d.operation_type = any(
                array(select p.value from {{ schema }}.auto_post_pauses as p where p.kind = 'operation_type')
            )
        ), true)
)

select c.id, c.alone
from crashed as c
where c.place <= case when c.alone then 1 else 5 end
order by c.alone, c.place
