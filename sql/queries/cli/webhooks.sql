-- The webhooks that the database knows, by name: how many events wait for each, the oldest for how many seconds,
-- what is wrong, and its dead letters. summary_: the last summary of each, NULL where none was due.
select
    n.webhook, p.position is not null as has_begun, coalesce(w.waiting, 0) as waiting, w.oldest_seconds,
    extract(epoch from clock_timestamp() - p.failing_since)::float8 as failing_seconds, p.last_error,
    coalesce(d.dead, 0) as dead, d.last_died_of, s.summary_due_at, s.summary_state, s.summary_error
from (
    select substr(o.name, length('webhook:') + 1) as webhook from {{ schema }}.auto_post_consumers as o
    where o.name like 'webhook:%'
    union
    select l.hook as webhook from {{ schema }}.auto_post_webhook_dead_letters as l
) as n
left join {{ schema }}.auto_post_consumers as p on 'webhook:' || n.webhook = p.name
left join lateral (
    select
        count(*) as waiting,
        extract(epoch from clock_timestamp() - min(a.created_at))::float8 as oldest_seconds
    from {{ schema }}.auto_post_events as a
    where a.position > p.position and not a.position <@ p.ahead
) as w on true
left join lateral (
    select
        count(*) as dead,
        (array_agg(l.error order by l.died_at desc))[1] as last_died_of
    from {{ schema }}.auto_post_webhook_dead_letters as l
    where l.hook = n.webhook
) as d on true
left join lateral (
    select s.due_at as summary_due_at, s.state as summary_state, s.error as summary_error
    from {{ schema }}.auto_post_webhook_summaries as s
    where s.hook = n.webhook and s.state <> 'not_due'
    order by s.due_at desc
    limit 1
) as s on true
order by n.webhook
