-- Lets the trigger write to the outbox. Operations that ended meanwhile are never captured.
create or replace function {{ schema }}.auto_post_capture_on()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = true;
    perform {{ schema }}.auto_post_log_operator_action('capture_on');
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_on() from public;

comment on function {{ schema }}.auto_post_capture_on() is
'Lets the trigger write to the outbox again. What ended meanwhile is not captured later.';
