-- The feed.
-- Made only where the platform has no such table; otherwise its own serves, checked column by column.
create table {{ platform }}.social_posts (
    id text not null,
    tenant_id text,
    author_type text not null,
    author_id text,
    post_type text not null,
    content text not null,
    post_metadata jsonb,
    auto_generated boolean not null default false,
    created_at timestamptz not null default now(),
    constraint social_posts_pkey primary key (id)
);

create index social_posts_created_at_idx on {{ platform }}.social_posts (created_at desc);

comment on index {{ platform }}.social_posts_created_at_idx is 'For the newest posts.';
comment on table {{ platform }}.social_posts is 'The posts of the feed. Created by autopost.';
