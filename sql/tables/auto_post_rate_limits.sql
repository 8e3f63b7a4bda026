-- When each agent posted last. A narrow table of its own, so that the platform's agents are never locked.
create table {{ schema }}.auto_post_rate_limits (
    agent_id text collate "C" not null,
    last_post_at timestamptz not null,
    constraint auto_post_rate_limits_pkey primary key (agent_id)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_rate_limits is
'When each agent posted last, alerts included. Read and written under the advisory lock of the agent.';
comment on column {{ schema }}.auto_post_rate_limits.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is
'When its last post was decided, by the database''s clock. The window begins here.';
