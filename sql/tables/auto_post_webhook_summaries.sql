-- The summaries that webhooks are sent on a schedule: a row for each webhook and time, so that one worker sends it.
create table {{ schema }}.auto_post_webhook_summaries (
    hook text not null,
    due_at timestamptz not null,
    state text not null default 'sending',
    holder text,
    held_until timestamptz not null,
    attempts integer not null default 1,
    message jsonb,
    error text,
    ended_at timestamptz,
    constraint auto_post_webhook_summaries_pkey primary key (hook, due_at),
    constraint auto_post_webhook_summaries_state_check check (state in ('sending', 'sent', 'not_due', 'failed'))
);

comment on table {{ schema }}.auto_post_webhook_summaries is
'The summaries that webhooks are sent on a schedule. Retention removes them.';
comment on column {{ schema }}.auto_post_webhook_summaries.hook is 'Name of the webhook in its file.';
comment on column {{ schema }}.auto_post_webhook_summaries.due_at is 'When it is due, by the schedule of the webhook.';
comment on column {{ schema }}.auto_post_webhook_summaries.state is
'sending: a worker is sending it; after held_until another one may. sent. failed: the target refused it. not_due: the '
'webhook had no schedule yet at that time, or a summary shortly before.';
comment on column {{ schema }}.auto_post_webhook_summaries.holder is 'The worker that sends it, or sent it.';
comment on column {{ schema }}.auto_post_webhook_summaries.held_until is 'Until when no other worker sends it.';
comment on column {{ schema }}.auto_post_webhook_summaries.attempts is 'The number of attempts.';
comment on column {{ schema }}.auto_post_webhook_summaries.message is
'What is sent, as it was first written: names, titles, types and numbers, no text of an operation.';
comment on column {{ schema }}.auto_post_webhook_summaries.error is
'The last error: an HTTP status, or a class of error.';
comment on column {{ schema }}.auto_post_webhook_summaries.ended_at is 'When it was sent or failed.';
