-- Rows that have been due for more than a minute and were not claimed, the longest first, and the likely cause.
select
    s.tracker_id,
    s.operation_type,
    s.agent_id,
    s.state,
    s.worker,
    s.attempts,
    date_trunc('second', s.overdue_for) as overdue_for,
    case
        when c.paused then 'claiming is paused: select {{ schema }}.auto_post_resume();'
        when w.alive = 0 then 'no worker is alive'
        when s.state = 'claimed' then 'its worker is gone, and those alive do not keep up'
        else 'the workers do not keep up'
    end as likely_cause
from {{ schema }}.auto_post_stuck as s
cross join {{ schema }}.auto_post_control as c
cross join (
    select count(*) as alive
    from {{ schema }}.auto_post_workers as w
    where w.last_seen_at > now() - interval '60 seconds'
) as w
order by s.overdue_for desc
limit 50;
