-- Takes or keeps a hook's turn ($1 its reader, $2 who asks) for $3 seconds; returns where it is. No row: another has
-- it, or the hook has not begun. Waits for whoever is just giving it up.
with reader as (
    select p.name, p.holder, p.held_until
    from {{ schema }}.auto_post_positions as p
    where p.name = $1
    for update
)

update {{ schema }}.auto_post_positions as p
set holder = $2, held_until = clock_timestamp() + make_interval(secs => $3)
from reader as r
where p.name = r.name and (r.holder is null or r.holder = $2 or r.held_until < clock_timestamp())
returning p.position
