-- The ids of outbox rows that retention took away, so that their operations never count again.
-- 16 bytes a row and no personal data.
create table {{ schema }}.auto_post_tombstones (
    id uuid not null,
    constraint auto_post_tombstones_pkey primary key (id)
);

comment on table {{ schema }}.auto_post_tombstones is
'The ids of removed outbox rows. If such an operation is captured again, the claim skips it (already_processed).';
comment on column {{ schema }}.auto_post_tombstones.id is 'The id that the outbox row had.';
