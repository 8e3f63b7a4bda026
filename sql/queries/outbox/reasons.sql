-- Why operations of the last 60 minutes were skipped, the most frequent 20 reasons, among the newest $1 outcomes.
select left(n.reason, 200) as reason, count(*) as operations
from (
    select o.finished_at, o.state, o.reason
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at >= date_trunc('minute', now()) - interval '59 minutes'
    order by o.finished_at desc
    limit $1
) as n
where n.state = 'skipped'
group by left(n.reason, 200)
order by operations desc, reason asc
limit 20
