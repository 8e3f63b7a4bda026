-- A time of the platform. One without time zone is read in the time zone of the session, which for a worker is that of
-- the database: the check says where that may be wrong. Converted as in auto_post_text.
create or replace function {{ schema }}.auto_post_time(p_value anyelement)
returns timestamptz
language plpgsql
stable
parallel safe
as $$
begin
    if pg_catalog.pg_typeof(p_value)::pg_catalog.oid < 16384 then
        return p_value::timestamptz;
    end if;
    return {{ schema }}.auto_post_text(p_value, 100)::timestamptz;
end
$$;

revoke execute on function {{ schema }}.auto_post_time(anyelement) from public;

comment on function {{ schema }}.auto_post_time(anyelement) is
'A time of the platform; one without time zone is read in the time zone of the session.';
