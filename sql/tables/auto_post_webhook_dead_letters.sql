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
'Dead letters of hooks: posts that a target refused or did not take for too long. auto_post_retry_webhook sends them '
'again; retention removes them.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.hook is 'The hook, by its name in the file of hooks.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.position is 'The post''s place in the log of announcements.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.agent_id is 'Who posted.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.message is 'The post as it is announced, redacted as on the feed.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.error is 'What it died of: an HTTP status, or the kind of trouble.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.retry is 'True: it is to be sent once more.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.died_at is 'When it was given up.';
