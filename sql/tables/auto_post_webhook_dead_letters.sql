-- What the target of a hook never took, to be looked at and sent again.
create table {{ schema }}.auto_post_webhook_dead_letters (
    hook text not null,
    position bigint not null,
    post_id text not null,
    tenant_id text,
    agent_id text,
    message text not null,
    error text not null,
    retry boolean not null default false,
    died_at timestamptz not null default now(),
    constraint auto_post_webhook_dead_letters_pkey primary key (hook, position)
);

comment on table {{ schema }}.auto_post_webhook_dead_letters is
'Dead letters of webhooks: posts that a target rejected, or did not accept in time. auto_post_retry_webhook sends '
'them again; retention removes them.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.hook is 'Name of the webhook in its file.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.position is
'Position of the event in the log.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.agent_id is 'The agent that posted.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.message is
'The message as it would have been sent, redacted like the post.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.error is
'The last error: an HTTP status, or a class of error.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.retry is 'True: it will be sent again.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.died_at is 'When it was dead-lettered.';
