-- Gives a hook's turn up ($1 its reader, $2 who has it), unless something waits; returns whether it was given up. To be
-- run while the place is locked, so that who finds the turn taken has published what is seen here.
update {{ schema }}.auto_post_positions as p
set holder = null, held_until = null
where
    p.name = $1
    and p.holder = $2
    and ($3::boolean or not (
        exists (select from {{ schema }}.auto_post_announcements as a where a.position > p.position)
        or exists (
            select from {{ schema }}.auto_post_hook_dead as d
            where d.retry and d.hook = substr(p.name, length('hook:') + 1)
        )
    ))
returning true as is_released
