-- Refuses a time of the last post that is not now, except to those who have the rights of the table's owner: a worker
-- that is taken over can neither silence an agent for long nor free it from the rate limit.
create or replace function {{ schema }}.auto_post_keep_to_clock()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (
        select pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
        from pg_catalog.pg_class as c
        where c.oid = tg_relid
    ) then
        return new;
    end if;
    raise exception 'last_post_at must be the time by the database''s clock'
    using errcode = 'insufficient_privilege';
end
$$;

revoke execute on function {{ schema }}.auto_post_keep_to_clock() from public;

comment on function {{ schema }}.auto_post_keep_to_clock() is
'Trigger of auto_post_rate_limits: only the owner may set last_post_at to another time than now.';
