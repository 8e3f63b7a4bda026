-- Takes the advisory lock that shows that this worker runs ($1, its key) until its session ends; returns whether it has
-- it. $2: the process of the server that the driver was told at the connection's start. Behind a pooler another one
-- answers: the session is not this worker's own, and no lock is taken.
select case when pg_backend_pid() = $2::integer then pg_try_advisory_lock($1::bigint) else false end as is_locked
