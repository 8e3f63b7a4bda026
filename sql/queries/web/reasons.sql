-- Why operations of the last hour were not posted, at most 20 reasons. Looks at $1 rows at the most, the newest.
select left(n.reason, 200) as reason, count(*) as operations
from (
    select o.finished_at, o.state, o.reason
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 hour'
    order by o.finished_at desc
    limit $1
) as n
where n.state = 'skipped'
group by left(n.reason, 200)
order by operations desc, reason asc
limit 20
