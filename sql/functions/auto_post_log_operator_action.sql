-- Writes what somebody did from SQL to the audit log, and wakes the workers so that it takes effect at once.
create or replace function {{ schema }}.auto_post_log_operator_action(
    p_action text,
    p_details jsonb default null,
    p_tracker_id text default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into {{ platform }}.audit_log (id, occurred_at, action, tracker_id, details)
    values (
        pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), 'auto_post.' || p_action, p_tracker_id,
        coalesce(p_details, '{}') || pg_catalog.jsonb_build_object('by', session_user)
    );
    -- With a full queue NOTIFY would fail at commit. The workers then find out by polling.
    if pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
end
$$;

revoke execute on function {{ schema }}.auto_post_log_operator_action(text, jsonb, text) from public;

comment on function {{ schema }}.auto_post_log_operator_action(text, jsonb, text) is
'Used by the functions for operators: writes an audit row with the calling role, and wakes the workers.';
