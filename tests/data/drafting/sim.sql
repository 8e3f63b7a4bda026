-- Sim (packages/db/schema.ts at 00127b27): the tables around runs, with the columns that matter. Nothing but names
-- and types.
create table "user" (id text primary key, name text not null, email text not null unique, email_verified boolean not
    null, created_at timestamp not null, updated_at timestamp not null);
create table workspace (id text primary key, name text not null, owner_id text not null references "user", created_at
    timestamp not null default now(), updated_at timestamp not null default now());
create table workflow (
    id text primary key, user_id text not null references "user", workspace_id text references workspace, folder_id
    text, name text not null, description text, color text not null default '#3972F6', last_synced timestamp not null,
    created_at timestamp not null, updated_at timestamp not null, is_deployed boolean not null default false,
    deployed_at timestamp, run_count integer not null default 0, last_run_at timestamp, variables json default '{}'
);
create table workflow_blocks (
    id text primary key, workflow_id text not null references workflow, type text not null, name text not null,
    position_x numeric not null, position_y numeric not null, enabled boolean not null default true,
    sub_blocks jsonb not null default '{}', outputs jsonb not null default '{}', created_at timestamp not null default
    now(), updated_at timestamp not null default now()
);
create table workflow_execution_snapshots (
    id text primary key, workflow_id text not null references workflow, state_hash text not null, state_data jsonb not
    null, created_at timestamp not null default now(), unique (workflow_id, state_hash)
);
create table workflow_execution_logs (
    id text primary key, workflow_id text not null references workflow, execution_id text not null, state_snapshot_id
    text not null references workflow_execution_snapshots, deployment_version_id text, level text not null,
    trigger text not null, started_at timestamp not null, ended_at timestamp, total_duration_ms integer,
    execution_data jsonb not null default '{}', cost jsonb, files jsonb, created_at timestamp not null default now()
);
create unique index workflow_execution_logs_execution_id_unique on workflow_execution_logs (execution_id);
create index workflow_execution_logs_started_at_idx on workflow_execution_logs (started_at);
create table paused_executions (
    id text primary key, workflow_id text not null references workflow, execution_id text not null unique,
    execution_snapshot jsonb not null, pause_points jsonb not null, total_pause_count integer not null,
    resumed_count integer not null default 0, status text not null default 'paused', metadata jsonb not null default
    '{}', paused_at timestamp not null default now(), updated_at timestamp not null default now(), expires_at
    timestamp
);
create table resume_queue (
    id text primary key, paused_execution_id text not null references paused_executions, parent_execution_id text not
    null, new_execution_id text not null, context_id text not null, resume_input jsonb,
    status text not null default 'pending', queued_at timestamp not null default now(), claimed_at timestamp,
    completed_at timestamp, failure_reason text
);
create table workflow_schedule (
    id text primary key, workflow_id text not null references workflow, block_id text references workflow_blocks,
    cron_expression text, next_run_at timestamp, last_ran_at timestamp, trigger_type text not null,
    status text not null default 'active', failed_count integer not null default 0, created_at timestamp not null
    default now(), updated_at timestamp not null default now()
);
