-- Moves a hook's place on ($1 its reader, $2 who has its turn, $3 the last announcement that is done with), and keeps
-- the turn for $4 seconds. $5 what went wrong with the next one, NULL when nothing did. No row: the turn is lost.
update {{ schema }}.auto_post_positions as p
set
    position = greatest(p.position, $3),
    moved_at = case when $3 > p.position then clock_timestamp() else p.moved_at end,
    held_until = clock_timestamp() + make_interval(secs => $4),
    failing_since = case when $5::text is not null then coalesce(p.failing_since, clock_timestamp()) end,
    last_error = $5::text
where p.name = $1 and p.holder = $2
returning p.position
