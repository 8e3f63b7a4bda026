-- Advances the offset of a consumer ($1) to $3 and renews its lease for the worker that holds it ($2) and $4 seconds.
-- $5: what is wrong with the next delivery, NULL if nothing is. Locks the consumer's row. No row: the lease is lost.
update {{ schema }}.auto_post_consumers as p
set
    position = greatest(p.position, $3),
    moved_at = case when $3 > p.position then clock_timestamp() else p.moved_at end,
    held_until = clock_timestamp() + make_interval(secs => $4),
    failing_since = case when $5::text is not null then coalesce(p.failing_since, clock_timestamp()) end,
    last_error = $5::text
where p.name = $1 and p.holder = $2
returning p.position
