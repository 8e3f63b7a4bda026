-- Removes dead letters of hooks that died longer than $1 ago, at most $2, and summaries that were due longer ago, but
-- for the last of each hook: without one it would be new.
with summaries as (
    delete from {{ schema }}.auto_post_webhook_summaries as s
    where
        s.due_at < now() - greatest($1::interval, interval '8 days')
        and exists (
            select from {{ schema }}.auto_post_webhook_summaries as l
            where s.hook = l.hook and l.due_at > s.due_at
        )
)

delete from {{ schema }}.auto_post_webhook_dead_letters as d
where (d.hook, d.position) in (
    select o.hook, o.position
    from {{ schema }}.auto_post_webhook_dead_letters as o
    where o.died_at < now() - $1::interval
    order by o.died_at
    limit $2
)
