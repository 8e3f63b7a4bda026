-- The switches that a DBA turns at run time. Exactly one row.
create table {{ schema }}.auto_post_control (
    only_row boolean not null default true,
    capture_enabled boolean not null default true,
    paused boolean not null default false,
    wakeup text not null default 'doorbell',
    lock_salt text not null default gen_random_uuid()::text,
    constraint auto_post_control_pkey primary key (only_row),
    constraint auto_post_control_only_row_check check (only_row),
    constraint auto_post_control_wakeup_check check (wakeup in ('doorbell', 'notify', 'poll'))
);

comment on table {{ schema }}.auto_post_control is 'The switches of autopost, one row. A change takes effect at once.';
comment on column {{ schema }}.auto_post_control.capture_enabled is 'False: the trigger writes nothing to the outbox.';
comment on column {{ schema }}.auto_post_control.paused is 'True: workers claim nothing; what they hold is finished.';
comment on column {{ schema }}.auto_post_control.wakeup is
'doorbell: NOTIFY only when a worker sleeps. notify: NOTIFY in every capturing transaction. poll: never NOTIFY, for '
'platforms that use two-phase commit; the default of a new installation if max_prepared_transactions is above 0.';
comment on column {{ schema }}.auto_post_control.lock_salt is
'A part of the keys of the agents'' advisory locks, random for each install, so that other roles cannot compute them.';
comment on column {{ schema }}.auto_post_control.only_row is 'Always true: keeps it to one row.';
