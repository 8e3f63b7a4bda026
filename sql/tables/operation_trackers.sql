-- The platform's work: a row for each operation of an agent.
-- Made only where the platform has no such table; otherwise its own serves, checked column by column.
create table {{ platform }}.operation_trackers (
    id text not null,
    tenant_id text,
    agent_id text,
    operation_type text not null,
    status text not null default 'pending',
    progress integer not null default 0,
    what_explanation text,
    why_explanation text,
    next_steps text,
    operation_metadata jsonb,
    started_at timestamptz not null default now(),
    completed_at timestamptz,
    constraint operation_trackers_pkey primary key (id)
);

comment on table {{ platform }}.operation_trackers is
'The work of the agents, a row for each operation. Created by autopost.';
