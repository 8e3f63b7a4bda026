-- How many finished rows have each state and each reason or error, among the newest $1.
select
    n.state,
    case n.state when 'skipped' then left(n.reason, 200) when 'dead' then left(n.last_error, 200) end as cause,
    count(*) as operations
from (
    select o.state, o.reason, o.last_error
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at is not null
    order by o.finished_at desc
    limit $1
) as n
group by n.state, cause
order by operations desc, cause asc
