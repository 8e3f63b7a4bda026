-- Removes dead letters of hooks that died longer than $1 ago, at most $2.
delete from {{ schema }}.auto_post_webhook_dead_letters as d
where (d.hook, d.position) in (
    select o.hook, o.position
    from {{ schema }}.auto_post_webhook_dead_letters as o
    where o.died_at < now() - $1::interval
    order by o.died_at
    limit $2
)
