-- Notes that a reader ($1) has delivered everything up to a place ($2).
update {{ schema }}.auto_post_positions as p
set position = $2, moved_at = clock_timestamp()
where p.name = $1 and p.position < $2
