-- The workers that are, or lately were, alive.
create table {{ schema }}.auto_post_workers (
    name text not null,
    version text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    in_flight integer not null,
    lock_key bigint,
    problems jsonb,
    constraint auto_post_workers_pkey primary key (name)
);

comment on table {{ schema }}.auto_post_workers is
'A row for each running worker, updated every 15 seconds (heartbeat).';
comment on column {{ schema }}.auto_post_workers.in_flight is 'How many outbox rows it held at the last heartbeat.';
comment on column {{ schema }}.auto_post_workers.problems is
'Its problems at the last heartbeat: subject, finding and seconds of each. NULL: none.';
comment on column {{ schema }}.auto_post_workers.name is 'SOCIAL_POST_WORKER_NAME, or host name and process id.';
comment on column {{ schema }}.auto_post_workers.version is 'The version of autopost that it runs.';
comment on column {{ schema }}.auto_post_workers.started_at is 'When it started, by the database''s clock.';
comment on column {{ schema }}.auto_post_workers.last_seen_at is
'The time of its last heartbeat; one every 15 seconds.';
comment on column {{ schema }}.auto_post_workers.lock_key is
'The key of the advisory lock that a session of the worker holds while the worker runs. If the lock is free, other '
'workers rescue its rows at once. NULL: it has no session of its own, and its rows wait until their leases expire.';
