-- Writes the rules and switches into the functions that the trigger calls, where they differ; returns how many did.
-- Part of the caller's transaction, which must own the functions. Agents go on with what was there until it commits.
-- Fails for a snapshot that does not see an earlier change (repeatable read). Locks: the advisory lock of rule changes.
create or replace function {{ schema }}.auto_post_compile()
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_function record;
    v_changed integer := 0;
begin
    perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    for v_function in
        select b.name, b.signature, b.result, b.volatility, b.body, p.oid, p.prosrc as present
        from {{ schema }}.auto_post_compiled_bodies() as b
        left join pg_catalog.pg_proc as p
            on
                p.proname = b.name
                and p.pronamespace = (
                    select c.relnamespace from pg_catalog.pg_class as c
                    where c.oid = '{{ schema }}.auto_post_rules'::pg_catalog.regclass
                )
        order by b.name
    loop
        -- The catalog is read as it is now, and pg_proc by the snapshot.
        if pg_catalog.strpos(pg_catalog.pg_get_functiondef(v_function.oid), v_function.present) = 0 then
            raise exception 'another transaction has changed the rules since this one began'
            using errcode = 'serialization_failure', hint = 'Try again, in a new transaction.';
        end if;
        continue when v_function.present = v_function.body;
        execute pg_catalog.format(
            'create or replace function {{ schema }}.%I(%s) returns %s language sql %s as %L',
            v_function.name, v_function.signature, v_function.result, v_function.volatility, v_function.body
        );
        execute pg_catalog.format(
            'revoke execute on function {{ schema }}.%I(%s) from public', v_function.name, v_function.signature
        );
        v_changed := v_changed + 1;
    end loop;
    return v_changed;
end
$$;

revoke execute on function {{ schema }}.auto_post_compile() from public;

comment on function {{ schema }}.auto_post_compile() is
'Writes the rules and switches into the functions that the trigger calls, where they differ; returns how many did.';
