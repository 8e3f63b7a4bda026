-- When each agent posted last. A narrow table of its own, so that the platform's agents are never locked.
create table {{ schema }}.auto_post_rate_limits (
    agent_id text collate "C" not null,
    last_post_at timestamptz,
    constraint auto_post_rate_limits_pkey primary key (agent_id)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_rate_limits is
'When each agent last posted, alerts included. A publishing transaction locks the agent''s row and takes its advisory '
'lock.';
comment on column {{ schema }}.auto_post_rate_limits.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is
'When its last post was decided, by the database''s clock. The window begins here. NULL: it has not posted yet.';
