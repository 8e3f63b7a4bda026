-- Operations that the reconciler met in the platform's table and did not capture though they meet a rule, and why: at
-- most some 100 for each reason. What a whole round does not meet again is removed.
create table {{ schema }}.auto_post_not_captured (
    reason text not null,
    tracker_id text not null,
    detail text,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    constraint auto_post_not_captured_pkey primary key (reason, tracker_id),
    constraint auto_post_not_captured_reason_check check (
        reason in ('unreadable', 'unreadable_table', 'id_too_long', 'other_agent', 'old_by_its_times')
    ),
    constraint auto_post_not_captured_tracker_id_check check (length(tracker_id) <= 200),
    constraint auto_post_not_captured_detail_check check (length(detail) <= 200)
);

comment on table {{ schema }}.auto_post_not_captured is
'Operations that meet a rule and that the reconciler did not capture, and why: at most some 100 for each reason.';
comment on column {{ schema }}.auto_post_not_captured.reason is
'unreadable: reading the row failed. unreadable_table: reading one of several tables failed. id_too_long: an id of '
'more than 1,000 characters. other_agent: another agent has used the id. old_by_its_times: it ended before since '
'by its own times, or has none, but its row was written later: it was changed since, or it was hidden from the '
'feed.';
comment on column {{ schema }}.auto_post_not_captured.tracker_id is
'The first 200 characters of its id; where that cannot be read, table and ctid of the row; unreadable_table: its name.';
comment on column {{ schema }}.auto_post_not_captured.detail is
'unreadable, unreadable_table: the SQLSTATE. other_agent: the agent whose operation was captured. Never text of the '
'operation.';
comment on column {{ schema }}.auto_post_not_captured.first_seen_at is 'When the reconciler first found it.';
comment on column {{ schema }}.auto_post_not_captured.last_seen_at is 'When the reconciler last found it.';
