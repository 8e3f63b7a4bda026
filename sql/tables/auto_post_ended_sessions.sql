-- Sessions of the dashboard that were signed out before their time, so that every process refuses them.
create table {{ schema }}.auto_post_ended_sessions (
    digest text not null,
    ends_at timestamptz not null,
    constraint auto_post_ended_sessions_pkey primary key (digest),
    constraint auto_post_ended_sessions_digest_check check (length(digest) <= 64 and digest ~ '^[0-9a-f]{64}$')
);

comment on table {{ schema }}.auto_post_ended_sessions is
'Sessions of the dashboard that were signed out. A row is deleted after the session would have ended by itself.';
comment on column {{ schema }}.auto_post_ended_sessions.digest is 'The SHA-256 of the session, in hexadecimal digits.';
comment on column {{ schema }}.auto_post_ended_sessions.ends_at is 'When the session would have ended by itself.';
