-- Keeps trigger and reconciler from posting what ended while capturing was off, however it was switched. The rules
-- start again too, so that the trigger needs to look at nothing else.
create or replace function {{ schema }}.auto_post_capture_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.capture_enabled and not old.capture_enabled then
        update {{ schema }}.auto_post_reconciliation as r
        set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id();
        update {{ schema }}.auto_post_rules as r
        set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id();
    end if;
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_since() from public;

comment on function {{ schema }}.auto_post_capture_since() is
'Trigger of auto_post_control: sets since of the reconciler and of all rules to now when capturing is switched on.';
