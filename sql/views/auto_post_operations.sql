-- The outbox for read-only users: without the operations' texts. A type or a status that is not one plain word could be
-- such a text, and is NULL. Read with the owner's rights, so that a reader needs none on these columns.
create or replace view {{ schema }}.auto_post_operations
as
select
    o.id, o.rule_id, o.tracker_id, o.tenant_id, o.agent_id,
    case
        when
            length(o.operation_type) <= {{ pattern.operation_type_length }}
            and o.operation_type ~ '^{{ pattern.operation_type }}$'
            then o.operation_type
    end
        as operation_type,
    case when length(o.status) <= {{ pattern.status_length }} and o.status ~ '^{{ pattern.status }}$' then o.status end
        as status,
    o.is_alert, o.state, o.captured_at, o.available_at, o.attempts, o.epoch, o.worker, o.claimed_at, o.reason,
    o.last_error, o.post_id, o.finished_at, o.crashes, o.summary
from {{ schema }}.auto_post_outbox as o;

comment on view {{ schema }}.auto_post_operations is
'The outbox without texts of operations: an operation_type or status that is not one plain word is NULL.';
comment on column {{ schema }}.auto_post_operations.operation_type is
'NULL: the type is not one plain word, and could be text of the operation.';
comment on column {{ schema }}.auto_post_operations.status is
'NULL: there is none, or it is not one plain word, and could be text of the operation.';
