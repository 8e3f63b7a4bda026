-- Claims what is due, oldest first, also rows whose lease ran out: that is the rescue.
-- $1 worker, $2 most rows, $3 lease. Locks the rows it takes and skips those that others hold.
with due as (
    select o.id
    from {{ schema }}.auto_post_outbox as o
    where
        o.state in ('pending', 'claimed')
        and o.available_at <= now()
        and not (select c.paused from {{ schema }}.auto_post_control as c)
    order by o.available_at
    limit $2
    for update skip locked
),

claimed as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = 'claimed',
        epoch = o.epoch + 1,
        attempts = o.attempts + 1,
        worker = $1,
        claimed_at = clock_timestamp(),
        available_at = clock_timestamp() + $3::interval
    from due
    where o.id = due.id
    returning o.*
)

select
    c.id, c.epoch, c.attempts, c.tracker_id, c.tenant_id, c.agent_id, c.operation_type, c.status, c.is_alert,
    c.what_explanation, c.why_explanation, c.next_steps, c.captured_at, c.claimed_at, c.kept, c.last_error,
    a.id as known_agent_id, a.name as agent_name, a.maturity as agent_maturity, a.category as agent_category,
    l.last_post_at
from claimed as c
left join {{ schema }}.agents as a on c.agent_id = a.id
left join {{ schema }}.auto_post_rate_limits as l on c.agent_id = l.agent_id
order by c.captured_at
