-- Julep (memory-store/migrations at 16c7bfc0): the tables around executions, with the columns that matter, and
-- without
-- TimescaleDB and citext. Nothing but names and types.
create type transition_type as enum ('init', 'finish', 'init_branch', 'finish_branch', 'wait', 'resume', 'error',
    'step', 'cancelled');
create type transition_cursor as (workflow_name text, step_index int);
create table developers (developer_id uuid primary key, email text not null, active boolean not null default true,
    created_at timestamptz not null default now());
create table agents (
    developer_id uuid not null references developers, agent_id uuid not null, canonical_name text not null, name text
    not null, about text, instructions text[], model text not null, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), metadata jsonb not null default '{}', default_settings jsonb not
    null default '{}', primary key (developer_id, agent_id), unique (developer_id, canonical_name)
);
create table tasks (
    developer_id uuid not null, canonical_name text not null, agent_id uuid not null, task_id uuid not null, version
    integer not null default 1, name text not null, description text, input_schema jsonb not null,
    inherit_tools boolean default false, created_at timestamptz not null default now(), updated_at timestamptz not
    null default now(), metadata jsonb default '{}', primary key (developer_id, task_id, version),
    foreign key (developer_id, agent_id) references agents (developer_id, agent_id)
);
create table executions (
    developer_id uuid not null references developers, task_id uuid not null, task_version integer not null,
    execution_id uuid primary key, input jsonb not null, metadata jsonb not null default '{}',
    created_at timestamptz not null default now(), foreign key (developer_id, task_id, task_version) references tasks
    (developer_id, task_id, version)
);
create table transitions (
    created_at timestamptz not null default now(), execution_id uuid not null references executions, transition_id
    uuid not null, type transition_type not null, step_label text, current_step transition_cursor not null,
    next_step transition_cursor, output jsonb, task_token text, metadata jsonb default '{}', primary key (created_at,
    execution_id, transition_id)
);
