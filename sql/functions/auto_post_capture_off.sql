-- Keeps the trigger from writing to the outbox. What is pending there is drained.
create or replace function {{ schema }}.auto_post_capture_off()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = false;
    perform {{ schema }}.auto_post_log_operator_action('capture_off');
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_off() from public;

comment on function {{ schema }}.auto_post_capture_off() is
'Keeps the trigger from writing to the outbox; what is pending there is drained.';
