-- A platform of tests: agents in a view, a better-named table that nobody uses, kinds of work, a feed and an audit log.
create table staff (
    id text primary key,
    kind text not null,
    full_name text not null,
    level text
);
create view agents as
select id, full_name as name, level as maturity from staff where kind = 'ai';
create table agent_operations (
    id text primary key,
    agent_id text,
    operation_type text,
    status text,
    what_explanation text,
    started_at timestamptz,
    completed_at timestamptz
);
create table tasks (
    id uuid primary key default gen_random_uuid(),
    agent_id text not null,
    task_type text not null,
    status text not null,
    title text,
    result text,
    error_message text,
    created_at timestamptz default now(),
    finished_at timestamptz
);
create table activity_feed_posts (
    id uuid primary key default gen_random_uuid(),
    author_type text not null check (author_type in ('user', 'ai_agent')),
    author_id text not null,
    author_name text not null,
    kind text not null check (kind in ('UPDATE', 'WARNING', 'QUESTION')),
    body text not null,
    visibility text not null,
    likes integer not null,
    tags jsonb not null,
    created_at timestamptz not null default now()
);
create table audit_events (
    id bigint generated always as identity primary key,
    occurred_at timestamptz not null default now(),
    actor_type text not null,
    actor_id text,
    action text not null,
    entity_type text not null,
    entity_id text,
    details jsonb not null
);
insert into staff
values ('s0', 'ai', 'Ada', 'student'), ('s1', 'ai', 'Bob', 'intern'), ('s2', 'ai', 'Eve', 'supervised'), ('u', 'human', 'Jo', null);
insert into tasks (agent_id, task_type, status, title, result, error_message, created_at, finished_at)
select
    's' || n % 3, (array['workflow', 'browse', 'generate_report', 'connect_integration', 'security_scan', 'chat'])[1 + n % 6],
    (array['done', 'failed', 'in_progress', 'pending'])[1 + n % 4], 'Compare the prices of ' || n || ' shops',
    case when n % 4 = 0 then 'Saved ' || n || ' euros for the team' end,
    case when n % 4 = 1 then 'A captcha blocked me' end, now() - interval '1 day', now() - interval '1 hour'
from generate_series(0, 199) as n;
insert into activity_feed_posts (author_type, author_id, author_name, kind, body, visibility, likes, tags)
select 'user', 'u', 'Jo', 'UPDATE', 'Hello', 'team', n, '[]' from generate_series(1, 5) as n;
