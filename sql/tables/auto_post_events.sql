-- Published posts as events, written with each post in its transaction: the log that the transport and webhooks read.
-- Only where a worker broadcasts (SOCIAL_POST_BROADCAST) or has webhooks.
create table {{ schema }}.auto_post_events (
    seq bigint generated always as identity,
    position bigint,
    post_id text not null,
    tenant_id text,
    agent_id text,
    agent_name text,
    agent_maturity text,
    agent_category text,
    post_type text not null,
    content text not null,
    post_metadata jsonb,
    post_values jsonb,
    created_at timestamptz not null,
    constraint auto_post_events_pkey primary key (seq)
);

create index auto_post_events_unplaced_idx on {{ schema }}.auto_post_events (seq) where position is null;

create unique index auto_post_events_position_idx on {{ schema }}.auto_post_events (position)
where position is not null;

comment on table {{ schema }}.auto_post_events is
'Published posts to deliver, and those of the last day that were delivered: the log that consumers read.';
comment on column {{ schema }}.auto_post_events.seq is
'In the order of writing. An agent''s posts are written one after another, so theirs is the order of publishing.';
comment on column {{ schema }}.auto_post_events.position is
'The position in the log, assigned after the commit and never changed. A consumer that has read up to it has missed '
'nothing before it. NULL: not assigned yet.';
comment on column {{ schema }}.auto_post_events.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_events.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_events.agent_id is 'Who posted.';
comment on column {{ schema }}.auto_post_events.agent_name is 'The agent''s name at that time.';
comment on column {{ schema }}.auto_post_events.agent_maturity is 'The agent''s maturity at that time.';
comment on column {{ schema }}.auto_post_events.agent_category is 'The agent''s category at that time.';
comment on column {{ schema }}.auto_post_events.post_type is 'status or alert.';
comment on column {{ schema }}.auto_post_events.content is 'The post''s text, redacted as it is on the feed.';
comment on column {{ schema }}.auto_post_events.post_metadata is 'As the post has it.';
comment on column {{ schema }}.auto_post_events.post_values is
'What the mapping writes to columns of the platform''s own, [social_posts.values], for messages of transports.';
comment on column {{ schema }}.auto_post_events.created_at is 'When the post was published.';

comment on index {{ schema }}.auto_post_events_unplaced_idx is 'Events without a position. There are few.';
comment on index {{ schema }}.auto_post_events_position_idx is 'For consumers, which read the log from a position on.';
