-- The outcomes of the operations whose ids begin with $1: how many of each outcome and reason, and the milliseconds
-- from capture to outcome over all that have one.
with captured as (
    select o.state, o.reason, extract(epoch from o.finished_at - o.captured_at) * 1000 as milliseconds
    from {{ schema }}.auto_post_outbox as o
    where starts_with(o.tracker_id, $1)
),

times as (
    select
        percentile_cont(0.5) within group (order by c.milliseconds) as p50,
        percentile_cont(0.99) within group (order by c.milliseconds) as p99
    from captured as c
)

select
    c.state, c.reason, count(*) as operations, min(t.p50)::double precision as p50_ms,
    min(t.p99)::double precision as p99_ms
from captured as c
cross join times as t
group by c.state, c.reason
order by operations desc, c.state asc, c.reason asc
