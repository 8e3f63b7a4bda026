-- One row for each significant change of an operation, written by the trigger in the agent's own transaction.
-- An insert touches two indexes, no CHECK and no foreign key: the agents pay for each. The third index is the workers'
-- to pay. Texts are cut to length where they are captured (auto_post_capture, auto_post_reconcile_rows).
create table {{ schema }}.auto_post_outbox (
    id uuid not null,
    rule_id integer not null,
    tracker_id text not null,
    tenant_id text,
    agent_id text,
    operation_type text not null,
    status text,
    is_alert boolean not null,
    what_explanation text,
    why_explanation text,
    next_steps text,
    state text not null default 'pending',
    captured_at timestamptz not null,
    available_at timestamptz not null,
    attempts smallint not null default 0,
    crashes smallint,
    epoch integer not null default 0,
    worker text,
    claimed_at timestamptz,
    draft jsonb,
    reason text,
    last_error text,
    post_id text,
    finished_at timestamptz,
    summary jsonb,
    constraint auto_post_outbox_pkey primary key (id)
)
with (
    fillfactor = 85,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05
);

create index auto_post_outbox_claim_idx on {{ schema }}.auto_post_outbox (available_at)
where state in ('pending', 'claimed');

create index auto_post_outbox_finished_idx on {{ schema }}.auto_post_outbox (finished_at)
where finished_at is not null;

comment on table {{ schema }}.auto_post_outbox is
'Significant operations until they are posted or skipped. Finished rows stay until retention removes them.';
comment on column {{ schema }}.auto_post_outbox.id is
'auto_post_outbox_id(tracker_id, rule_id): the same operation and rule always have the same id, which is what makes '
'an operation count at most once per rule. The post of the row has the same id.';
comment on column {{ schema }}.auto_post_outbox.rule_id is 'The row of auto_post_rules that the operation met.';
comment on column {{ schema }}.auto_post_outbox.captured_at is
'When the trigger wrote it, a moment before the agent''s commit.';
comment on column {{ schema }}.auto_post_outbox.what_explanation is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.why_explanation is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.next_steps is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.state is
'pending: waits for a worker. claimed: a worker holds it. posted, skipped (see reason), dead (see last_error): done.';
comment on column {{ schema }}.auto_post_outbox.available_at is
'When a worker may claim the row. Of a claimed row: when its lease expires.';
comment on column {{ schema }}.auto_post_outbox.attempts is
'How often it was claimed. An attempt that ended with a crash of the worker counts only if the row was claimed alone.';
comment on column {{ schema }}.auto_post_outbox.crashes is
'How many times its worker crashed or its lease expired while the row was claimed; NULL for never. After the first it '
'is claimed with at most four others of its kind, after the second alone.';
comment on column {{ schema }}.auto_post_outbox.epoch is
'Raised by every claim. A worker that names an older epoch changes nothing.';
comment on column {{ schema }}.auto_post_outbox.worker is 'The worker that holds the row. NULL: none.';
comment on column {{ schema }}.auto_post_outbox.claimed_at is 'When it was last claimed.';
comment on column {{ schema }}.auto_post_outbox.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_outbox.finished_at is 'When it was posted, skipped or dead-lettered.';
comment on column {{ schema }}.auto_post_outbox.draft is
'The text that was written and redacted for this row, saved so that a retry does not pay for the LLM again.';
comment on column {{ schema }}.auto_post_outbox.reason is 'Why it was skipped.';
comment on column {{ schema }}.auto_post_outbox.last_error is
'The kind of error that the last failed attempt ended with; never text of the operation.';

comment on index {{ schema }}.auto_post_outbox_claim_idx is
'What is claimable, oldest first. It stays small whatever the number of finished rows.';
comment on index {{ schema }}.auto_post_outbox_finished_idx is
'For retention and for questions about the last hours. A pending row is not in it.';
comment on column {{ schema }}.auto_post_outbox.tracker_id is 'The id of the operation in operation_trackers, as text.';
comment on column {{ schema }}.auto_post_outbox.tenant_id is 'The operation''s tenant, as the post will have it.';
comment on column {{ schema }}.auto_post_outbox.agent_id is
'The agent of the operation, and the author of the post. NULL: none, and the operation is skipped (agent_unknown).';
comment on column {{ schema }}.auto_post_outbox.operation_type is
'As the operation had it. Not redacted; the audit log has it redacted.';
comment on column {{ schema }}.auto_post_outbox.status is
'The status that the operation changed to. NULL if the platform''s column was NULL.';
comment on column {{ schema }}.auto_post_outbox.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert.';
comment on column {{ schema }}.auto_post_outbox.summary is
'Of a summary: the window of auto_post_alert_windows that it sums up; the other columns are a copy of the first alert '
'that was skipped as alert_storm. Of kind digest: the row sums up rate-limited operations. NULL: the row is an '
'operation.';
