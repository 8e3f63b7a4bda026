-- What has been due for more than a minute and was not taken, the longest first, and the likely cause.
select
    o.tracker_id,
    o.operation_type,
    o.agent_id,
    o.state,
    o.worker,
    o.attempts,
    date_trunc('second', now() - o.available_at) as overdue_for,
    case
        when c.paused then 'claiming is paused: select {{ schema }}.auto_post_resume();'
        when w.alive = 0 then 'no worker is alive'
        when o.state = 'claimed' then 'its worker is gone, and those alive do not keep up'
        else 'the workers do not keep up'
    end as likely_cause
from {{ schema }}.auto_post_outbox as o
cross join {{ schema }}.auto_post_control as c
cross join (
    select count(*) as alive
    from {{ schema }}.auto_post_workers as w
    where w.last_seen_at > now() - interval '60 seconds'
) as w
where o.state in ('pending', 'claimed') and o.available_at < now() - interval '1 minute'
order by o.available_at
limit 50;
