-- Switches capturing off and returns how many rows still wait; when it returns 0, the outbox is drained.
create or replace function {{ schema }}.auto_post_drain()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (select c.capture_enabled from {{ schema }}.auto_post_control as c) then
        perform {{ schema }}.auto_post_capture_off();
    end if;
    return (
        select pg_catalog.count(*) from {{ schema }}.auto_post_outbox as o where o.state in ('pending', 'claimed')
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_drain() from public;

comment on function {{ schema }}.auto_post_drain() is
'Switches capturing off and returns how many rows still wait. Call it until it says 0; then auto_post_capture_on().';
