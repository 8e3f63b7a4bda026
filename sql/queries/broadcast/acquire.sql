-- Acquires or renews the lease of a consumer ($1) for a worker ($2) and $3 seconds; returns the consumer's offset
-- and when it last advanced. A new consumer begins after the last position of the log. No row: another worker holds the lease. Waits for a worker
-- that is just releasing it. Does not wait for the disk: a lease that a crash of the server forgets costs a repeat.
with no_wait as materialized (
    select set_config('synchronous_commit', 'off', true) as is_set
)

insert into {{ schema }}.auto_post_consumers as p (name, position, holder, held_until)
select $1, l.position, $2, clock_timestamp() + make_interval(secs => $3)
from {{ schema }}.auto_post_consumers as l
cross join no_wait
where l.name = 'log'
on conflict (name) do update
    set holder = excluded.holder, held_until = excluded.held_until
    where p.holder is null or p.holder = excluded.holder or p.held_until < clock_timestamp()
returning p.position, p.moved_at
