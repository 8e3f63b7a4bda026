-- Releases the lease of a consumer ($1) that a worker ($2) holds, unless something waits for the consumer ($3: even
-- then). No row: it was not released. Run it after a statement that locks the consumer's row: then it sees whatever
-- was in the log before another worker found the lease taken.
update {{ schema }}.auto_post_consumers as p
set holder = null, held_until = null
where
    p.name = $1
    and p.holder = $2
    and ($3::boolean or not (
        exists (select from {{ schema }}.auto_post_events as a where a.position > p.position)
        or exists (
            select from {{ schema }}.auto_post_webhook_dead_letters as d
            where d.retry and 'webhook:' || d.hook = p.name
        )
    ))
returning true as is_released
