-- What was decided about each operation, and why.
-- Made only where the platform has no such table; otherwise its own serves, checked column by column.
create table {{ platform }}.audit_log (
    id text not null,
    occurred_at timestamptz not null default now(),
    agent_id text,
    action text not null,
    operation_type text,
    tracker_id text,
    status text,
    post_id text,
    details jsonb,
    constraint audit_log_pkey primary key (id)
);

create index audit_log_occurred_at_idx on {{ platform }}.audit_log (occurred_at desc);

create index audit_log_tracker_id_idx on {{ platform }}.audit_log (tracker_id);

comment on index {{ platform }}.audit_log_occurred_at_idx is 'For feeds of outcomes, newest first.';
comment on index {{ platform }}.audit_log_tracker_id_idx is 'For the history of one operation.';
comment on table {{ platform }}.audit_log is 'What was decided about each operation, and why. Created by autopost.';
