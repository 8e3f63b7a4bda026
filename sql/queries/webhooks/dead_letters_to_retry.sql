-- Dead letters of a webhook ($1) for which a retry was requested, at most $2, in the order of the log.
select d.position, d.message from {{ schema }}.auto_post_webhook_dead_letters as d
where d.hook = $1 and d.retry
order by d.position
limit $2
