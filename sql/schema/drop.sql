-- After a removal: drops the version table, which is empty then, and the schema where autopost made it and nothing is
-- left in it.
do $migration$
begin
    if pg_catalog.to_regclass('{{ schema }}.auto_post_schema_version') is not null then
        if not exists (select from {{ schema }}.auto_post_schema_version) then
            drop table {{ schema }}.auto_post_schema_version;
        end if;
    end if;
    if
        pg_catalog.obj_description(pg_catalog.to_regnamespace('{{ schema }}'), 'pg_namespace')
        like '%Created by autopost.'
        and not exists (
            select from pg_catalog.pg_depend as d
            where
                d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                and d.refobjid = pg_catalog.to_regnamespace('{{ schema }}')
        )
    then
        drop schema {{ schema }};
    end if;
end
$migration$;
