-- A platform whose tables are not named or shaped as autopost's. docs/examples/agent-registry.toml maps it.
create type sender_kind as enum ('human', 'agent', 'system');

create type agent_post_kind as enum ('STATUS', 'ALERT', 'QUESTION');

create table agent_registry (
    id varchar(36) primary key,
    workspace_id uuid not null,
    display_name varchar(120) not null,
    status varchar(20) not null default 'student',
    category varchar(50) not null,
    created_at timestamp not null default now()
);

create table agent_operation_tracker (
    id uuid primary key default gen_random_uuid(),
    workspace_id uuid not null,
    agent_id varchar(36) not null references agent_registry (id),
    operation_type varchar(60) not null,
    state varchar(20) not null default 'RUNNING',
    step integer not null default 0,
    context jsonb not null default '{}',
    created_at timestamp not null default now(),
    updated_at timestamp not null default now()
);

create table agent_posts (
    id uuid primary key default gen_random_uuid(),
    workspace_id uuid not null,
    sender_kind sender_kind not null,
    sender_id varchar(36) not null references agent_registry (id),
    sender_name varchar(120) not null,
    sender_category varchar(50) not null,
    kind agent_post_kind not null,
    body text not null check (length(body) <= 500),
    extra jsonb not null default '{}',
    is_public boolean not null,
    posted_at timestamptz not null default now()
);

create table audit_trail (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor_kind text not null,
    actor_id text,
    verb text not null,
    subject_id text,
    payload jsonb not null
);
