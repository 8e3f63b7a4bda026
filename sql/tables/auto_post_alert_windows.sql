-- How many alerts each agent posted in the present window of an operation type, so that a storm of alerts is limited
-- exactly across workers and restarts. A table of its own: it is written for alerts only, and by nobody else.
create table {{ schema }}.auto_post_alert_windows (
    agent_id text collate "C" not null,
    operation_type text collate "C" not null,
    began_at timestamptz not null,
    ends_at timestamptz not null,
    posted integer not null,
    suppressed integer not null,
    summary_id uuid,
    constraint auto_post_alert_windows_pkey primary key (agent_id, operation_type)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_alert_windows is
'The last window of alerts of each agent and operation type. Read and written while the agent is locked. A new window '
'replaces the one before; retention removes those that ended.';
comment on column {{ schema }}.auto_post_alert_windows.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_alert_windows.operation_type is
'The operation type, redacted, at most 200 characters. Empty: all further types of an agent with many.';
comment on column {{ schema }}.auto_post_alert_windows.began_at is
'When the first alert of the window was posted, by the database''s clock.';
comment on column {{ schema }}.auto_post_alert_windows.ends_at is
'When the window ends: the next alert begins a new one.';
comment on column {{ schema }}.auto_post_alert_windows.posted is 'How many alerts were posted one by one.';
comment on column {{ schema }}.auto_post_alert_windows.suppressed is
'How many were skipped as alert_storm.';
comment on column {{ schema }}.auto_post_alert_windows.summary_id is
'The outbox row that sums up the suppressed alerts. NULL: none was suppressed.';
