-- Pending and claimed rows: what each waits for, and for how long; the oldest first.
select
    o.tracker_id,
    o.operation_type,
    o.status,
    o.agent_id,
    o.state,
    o.attempts,
    date_trunc('second', now() - o.captured_at) as waits,
    case
        when o.state = 'claimed' and o.available_at > now() then o.worker || ' is processing it'
        when o.state = 'claimed' then 'a worker, since ' || o.worker || ' is gone'
        when o.available_at = 'infinity'
            then coalesce('the end of the pause of ' || p.kind || ' ' || p.value, 'a claim')
        when c.paused then 'the end of the pause for all'
        when o.available_at > now()
            then 'its next attempt in ' || date_trunc('second', o.available_at - now())
        else 'a worker'
    end as waits_for,
    o.last_error
from {{ schema }}.auto_post_operations as o
cross join {{ schema }}.auto_post_control as c
left join lateral (
    select p.kind, p.value
    from {{ schema }}.auto_post_pauses as p
    where p.value = case p.kind when 'agent' then o.agent_id else o.operation_type end
    order by p.kind
    limit 1
) as p on true
where o.state in ('pending', 'claimed')
order by o.captured_at
limit 50;
