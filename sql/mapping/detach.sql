-- Detaches from the platform's tables: nothing of autopost's depends on a column of them then. Each view stays, with
-- its rights and what depends on it, and fails when it is read; the triggers are gone. Locks: the views and, last and
-- for a moment, the tables of operations, ACCESS EXCLUSIVE.
create or replace function {{ schema }}.auto_post_check_detached()
returns setof text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'autopost is detached from the platform''s tables: run `autopost migrate`'
    using errcode = 'invalid_object_definition';
end
$$;

revoke execute on function {{ schema }}.auto_post_check_detached() from public;

comment on function {{ schema }}.auto_post_check_detached() is
'Part of auto_post_check: is there while autopost is detached from the platform''s tables, and read by the views.';

do $mapping$
declare
    v_object record;
begin
    for v_object in
        select distinct r.rolname
        from pg_catalog.pg_class as c
        cross join pg_catalog.aclexplode(c.relacl) as a
        inner join pg_catalog.pg_roles as r on a.grantee = r.oid
        where
            c.oid in (select pg_catalog.to_regclass(v.view_name) from (values {{ views }}) as v (view_name, qualified))
            or c.oid = '{{ schema }}.auto_post_control'::pg_catalog.regclass
    loop
        execute pg_catalog.format(
            'grant execute on function {{ schema }}.auto_post_check_detached() to %I', v_object.rolname
        );
    end loop;
    for v_object in
        select
            c.oid::pg_catalog.regclass as view_name,
            pg_catalog.string_agg(
                -- No constant: the planner would compare with it, and never come to read the function.
                pg_catalog.format('d.value::%s', pg_catalog.format_type(a.atttypid, a.atttypmod))
                || case when l.oid is null then '' else pg_catalog.format(' collate %I.%I', n.nspname, l.collname) end
                || pg_catalog.format(' as %I', a.attname),
                ', ' order by a.attnum
            ) as columns
        from (values {{ views }}) as v (view_name, qualified)
        inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(v.view_name) and c.relkind = 'v'
        inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        left join pg_catalog.pg_collation as l on a.attcollation = l.oid
        left join pg_catalog.pg_namespace as n on l.collnamespace = n.oid
        group by c.oid
    loop
        execute pg_catalog.format(
            'create or replace view %s as select %s from {{ schema }}.auto_post_check_detached() as d (value)',
            v_object.view_name, v_object.columns
        );
    end loop;
    for v_object in
        select t.tgname, t.tgrelid::pg_catalog.regclass as table_name
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }} and t.tgparentid = 0
    loop
        execute pg_catalog.format('drop trigger %I on %s', v_object.tgname, v_object.table_name);
    end loop;
end
$mapping$;
