-- How far the reconciler has come in the platform's table. Exactly one row.
create table {{ schema }}.auto_post_reconciliation (
    only_row boolean not null default true,
    since timestamptz not null default now(),
    since_xid xid8 not null default pg_current_xact_id(),
    next_block bigint not null default 0,
    last_run_at timestamptz,
    last_round_at timestamptz,
    found bigint not null default 0,
    hour_began_at timestamptz not null default now(),
    found_in_hour bigint not null default 0,
    constraint auto_post_reconciliation_pkey primary key (only_row),
    constraint auto_post_reconciliation_only_row_check check (only_row),
    constraint auto_post_reconciliation_next_block_check check (next_block >= 0)
);

comment on table {{ schema }}.auto_post_reconciliation is
'How far the reconciler has come in operation_trackers, which it reads in windows of blocks, round after round.';
comment on column {{ schema }}.auto_post_reconciliation.since is
'When autopost was installed or capture last switched on. Operations that ended before are not captured.';
comment on column {{ schema }}.auto_post_reconciliation.since_xid is 'The transaction at since.';
comment on column {{ schema }}.auto_post_reconciliation.last_run_at is 'When a window was last read.';
comment on column {{ schema }}.auto_post_reconciliation.next_block is 'Where the next window begins.';
comment on column {{ schema }}.auto_post_reconciliation.last_round_at is 'When the end of the table was last reached.';
comment on column {{ schema }}.auto_post_reconciliation.found is 'How many missed operations were captured so far.';
comment on column {{ schema }}.auto_post_reconciliation.hour_began_at is 'Since when found_in_hour counts.';
comment on column {{ schema }}.auto_post_reconciliation.found_in_hour is
'How many missed operations were captured since hour_began_at. Many: the trigger misses them.';
comment on column {{ schema }}.auto_post_reconciliation.only_row is 'Always true: keeps it to one row.';
