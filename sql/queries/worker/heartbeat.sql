-- Records that a worker is alive. $1 name, $2 version, $3 rows in flight, $4 whether it has just started, $5 the key of
-- the advisory lock that its session holds, NULL for none, $6 its present problems, NULL for none. One row: the key
-- that was recorded before, which is not the worker's own if another one has its name.
with before as (
    select b.lock_key from {{ schema }}.auto_post_workers as b where b.name = $1
)

insert into {{ schema }}.auto_post_workers as w (
    name, version, started_at, last_seen_at, in_flight, lock_key, problems
)
values ($1, $2, now(), now(), $3, $5, $6::jsonb)
on conflict (name) do update
    set
        version = excluded.version,
        started_at = case when $4::boolean then excluded.started_at else w.started_at end,
        last_seen_at = excluded.last_seen_at,
        in_flight = excluded.in_flight,
        lock_key = excluded.lock_key,
        problems = excluded.problems
returning (select b.lock_key from before as b) as recorded
