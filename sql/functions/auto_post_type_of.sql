-- The oid of the type of a value. Said to be immutable, so that the planner replaces a call on NULL by its result: a
-- plan that was kept is made again when the table is altered whose column it is about.
create or replace function {{ schema }}.auto_post_type_of(p_value anyelement)
returns oid
language sql
immutable
parallel safe
as $$
    select pg_catalog.pg_typeof(p_value)::pg_catalog.oid
$$;

revoke execute on function {{ schema }}.auto_post_type_of(anyelement) from public;

comment on function {{ schema }}.auto_post_type_of(anyelement) is
'Part of auto_post_committed_rows and auto_post_agents: the oid of the type of a value, which the planner evaluates.';
