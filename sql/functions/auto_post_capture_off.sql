-- Keeps the trigger from writing to the outbox, and returns how many rows still wait there; workers go on with them.
-- What ends from now on is never captured.
create or replace function {{ schema }}.auto_post_capture_off()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = false where c.capture_enabled;
    if found then
        perform {{ schema }}.auto_post_log_operator_action('capture_off');
    end if;
    raise notice 'capturing is off: what ends from now on is never captured'
    using hint = 'select {{ schema }}.auto_post_capture_on() switches it on again.';
    return (
        select pg_catalog.count(*) from {{ schema }}.auto_post_outbox as o where o.state in ('pending', 'claimed')
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_off() from public;

comment on function {{ schema }}.auto_post_capture_off() is
'Keeps the trigger from writing to the outbox: what ends from now on is never captured. Returns how many rows still '
'wait; repeat it until it returns 0, then the outbox is drained.';
