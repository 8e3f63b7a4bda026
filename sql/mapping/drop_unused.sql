-- Removes what belonged to a table of operations that the mapping does not name any more, or names otherwise: its
-- trigger, the function of that, and its view.
do $mapping$
declare
    v_object record;
begin
    for v_object in
        with recursive tables as (
            select pg_catalog.to_regclass(u.qualified)::oid as oid, pg_catalog.to_regprocedure(u.capture)::oid as function
            from (values {{ operations }}) as u (qualified, view_name, status_columns, capture)
            union
            select i.inhrelid, p.function from pg_catalog.pg_inherits as i inner join tables as p on i.inhparent = p.oid
        )

        select t.tgname, t.tgrelid::pg_catalog.regclass as table_name
        from pg_catalog.pg_trigger as t
        where
            t.tgfoid in {{ captures }}
            and t.tgparentid = 0
            and not exists (select from tables as u where u.oid = t.tgrelid and u.function = t.tgfoid)
    loop
        execute pg_catalog.format('drop trigger %I on %s', v_object.tgname, v_object.table_name);
    end loop;
    for v_object in
        select p.oid::pg_catalog.regprocedure as function
        from pg_catalog.pg_proc as p
        where
            p.oid in {{ captures }}
            and not exists (
                select from (values {{ operations }}) as u (qualified, view_name, status_columns, capture)
                where pg_catalog.to_regprocedure(u.capture) = p.oid
            )
    loop
        execute pg_catalog.format('drop function %s', v_object.function);
    end loop;
    for v_object in
        select c.relname
        from pg_catalog.pg_class as c
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relkind = 'v'
            and c.relname ~ '^operation_trackers_(of_|unnamed$)'
            and not exists (
                select from (values {{ operations }}) as u (qualified, view_name, status_columns, capture)
                where pg_catalog.to_regclass(u.view_name) = c.oid
            )
    loop
        execute pg_catalog.format('drop view {{ schema }}.%I', v_object.relname);
    end loop;
end
$mapping$;
