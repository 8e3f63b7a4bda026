-- Takes away only what autopost made: a table that bears its mark and holds no row.
do $migration$
declare
    v_table text;
    v_has_rows boolean;
begin
    for v_table in
        select t.name
        from unnest(array['audit_log', 'social_posts', 'operation_trackers', 'agents']) as t (name)
        where
            pg_catalog.obj_description(pg_catalog.to_regclass('{{ schema }}.' || t.name), 'pg_class')
            like '%Created by autopost.'
    loop
        execute 'lock table {{ schema }}.' || v_table || ' in access exclusive mode';
        execute 'select exists (select from {{ schema }}.' || v_table || ')' into v_has_rows;
        if v_has_rows then
            raise notice 'autopost leaves table % in place: it holds rows', v_table;
        else
            execute 'drop table {{ schema }}.' || v_table;
        end if;
    end loop;
end
$migration$;

drop function {{ schema }}.auto_post_host_problems();
