-- The operations that were skipped as rate_limited and that no post has carried yet. Workers append to it, and the
-- transaction that publishes an agent's next post removes what that post carries: no row is updated, and nobody waits.
create table {{ schema }}.auto_post_rate_limited (
    id bigint generated always as identity,
    agent_id text collate "C" not null,
    skipped_at timestamptz not null,
    tenant_id text,
    rule_id integer not null,
    operation_type text,
    status text,
    operations integer not null,
    constraint auto_post_rate_limited_pkey primary key (agent_id, skipped_at, id)
)
with (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 500);

comment on table {{ schema }}.auto_post_rate_limited is
'The operations of each agent that were skipped as rate_limited and that no post has carried yet, a row for each group '
'of equal ones. Retention sums up the rows of an agent that has many.';
comment on column {{ schema }}.auto_post_rate_limited.id is 'Makes the key unique.';
comment on column {{ schema }}.auto_post_rate_limited.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limited.skipped_at is
'When the last of them was skipped, by the database''s clock.';
comment on column {{ schema }}.auto_post_rate_limited.tenant_id is
'The tenant of the operations: only its posts carry them.';
comment on column {{ schema }}.auto_post_rate_limited.rule_id is 'The row of auto_post_rules that the operations met.';
comment on column {{ schema }}.auto_post_rate_limited.operation_type is
'The operation type. NULL: it is not one word, and could be text of an operation.';
comment on column {{ schema }}.auto_post_rate_limited.status is 'The status. NULL: it is not one word.';
comment on column {{ schema }}.auto_post_rate_limited.operations is 'How many operations.';
