-- The first p_length characters of a value of the platform, as text. A type of PostgreSQL itself is cast; any other is
-- converted by its output function, because a cast is looked up, may be made by the type's owner, and would run with
-- the rights of our functions. The branches are statements, so that the cast of another type is not even planned.
create or replace function {{ schema }}.auto_post_text(p_value anyelement, p_length integer)
returns text
language plpgsql
stable
parallel safe
as $$
begin
    -- 16384 is the first id that PostgreSQL gives to an object of a user.
    if pg_catalog.pg_typeof(p_value)::pg_catalog.oid < 16384 then
        return pg_catalog.left(p_value::text, p_length);
    elsif p_value is null then
        return null;
    end if;
    return pg_catalog.left(pg_catalog.concat(p_value), p_length);
end
$$;

revoke execute on function {{ schema }}.auto_post_text(anyelement, integer) from public;

comment on function {{ schema }}.auto_post_text(anyelement, integer) is
'The beginning of a value of the platform as text, converted by the output function of its type and never by a '
'user-defined cast.';
