-- Whether a consumer ($1) has not begun, or something waits for it and no worker holds its lease: events, or dead
-- letters to be sent again.
select
    not exists (select from {{ schema }}.auto_post_consumers as p where p.name = $1)
    or exists (
        select
        from {{ schema }}.auto_post_consumers as p
        where
            p.name = $1
            and (p.holder is null or p.held_until < clock_timestamp())
            and (
                exists (select from {{ schema }}.auto_post_events as a where a.position > p.position)
                or exists (
                    select from {{ schema }}.auto_post_webhook_dead_letters as d
                    where d.retry and 'webhook:' || d.hook = p.name
                )
            )
    ) as is_waiting
