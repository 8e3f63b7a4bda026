-- What is paused beside the switch for all: kinds of operations, and agents.
create table {{ schema }}.auto_post_pauses (
    kind text not null,
    value text not null,
    paused_at timestamptz not null default now(),
    paused_by text not null default session_user,
    constraint auto_post_pauses_pkey primary key (kind, value),
    constraint auto_post_pauses_kind_check check (kind in ('operation_type', 'agent')),
    -- As long as an agent's id and an operation type of the outbox can be.
    constraint auto_post_pauses_value_check check (length(value) <= 200),
    constraint auto_post_pauses_paused_by_check check (length(paused_by) <= 100)
);

comment on table {{ schema }}.auto_post_pauses is
'Operation types and agents whose rows are not claimed. Their pending rows are parked: available_at is infinity. '
'Changed by auto_post_pause and auto_post_resume.';
comment on column {{ schema }}.auto_post_pauses.kind is 'operation_type or agent.';
comment on column {{ schema }}.auto_post_pauses.value is 'The operation_type itself, or the agent''s id.';
comment on column {{ schema }}.auto_post_pauses.paused_at is 'When auto_post_pause was called.';
comment on column {{ schema }}.auto_post_pauses.paused_by is 'The role that called it.';
