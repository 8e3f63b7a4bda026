-- What retention keeps: the finished rows of each day, their outcomes, and about how much space they take.
-- The oldest day is as old as SOCIAL_POST_RETENTION_DAYS allows; an older one means that no worker removes.
with row_size as (
    select pg_total_relation_size(c.oid) / greatest(c.reltuples, 1) as bytes
    from pg_class as c
    where c.oid = '{{ schema }}.auto_post_outbox'::regclass
)

select
    date_trunc('day', o.finished_at)::date as finished_on,
    count(*) as operations,
    count(*) filter (where o.state = 'posted') as posted,
    count(*) filter (where o.state = 'skipped') as skipped,
    count(*) filter (where o.state = 'dead') as dead,
    pg_size_pretty((count(*) * min(r.bytes))::bigint) as about
from {{ schema }}.auto_post_outbox as o
cross join row_size as r
where o.finished_at is not null
group by finished_on
order by finished_on;
