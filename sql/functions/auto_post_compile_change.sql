-- Compiles the rules and switches after each change of them, in the transaction of who changed them: if that fails, so
-- does the change. Runs as the owner, because another role may have the right to change rules and owns no function.
create or replace function {{ schema }}.auto_post_compile_change()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform {{ schema }}.auto_post_compile();
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_compile_change() from public;

comment on function {{ schema }}.auto_post_compile_change() is
'Trigger of auto_post_rules and auto_post_control: compiles the rules and switches after a change.';
