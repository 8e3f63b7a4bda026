-- Where the post $1 was delivered, by consumer: delivered, waiting or dead-lettered, with the error and since when it
-- fails. No row where it is not among the last $2 events of the log, or nothing is broadcast.
select
    substr(c.name, case when c.name like 'webhook:%' then length('webhook:') + 1 else 1 end) as consumer,
    c.name like 'webhook:%' as is_webhook, e.position,
    case
        when d.position is not null then 'dead'
        when e.position is null then 'waiting'
        when e.position <= c.position or e.position <@ c.ahead then 'delivered'
        else 'waiting'
    end as state,
    left(coalesce(d.error, case when e.position > c.position then c.last_error end), 200) as error, c.failing_since
from (
    select n.position
    from (
        select a.post_id, a.position
        from {{ schema }}.auto_post_events as a
        order by a.seq desc
        limit $2
    ) as n
    where n.post_id = $1
    limit 1 -- noqa: AM09
) as e
cross join {{ schema }}.auto_post_consumers as c
left join {{ schema }}.auto_post_webhook_dead_letters as d on e.position = d.position and c.name = 'webhook:' || d.hook
where c.name <> 'log'
order by c.name
