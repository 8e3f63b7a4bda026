-- Makes the schema of autopost's own objects where it is missing. Asked first, as IF NOT EXISTS wants the right to
-- create.
do $migration$
begin
    if pg_catalog.to_regnamespace('{{ schema }}') is null then
        if not pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create') then
            raise exception '% has no right to make the schema {{ schema }}', current_user
            using
                errcode = 'insufficient_privilege',
                hint = pg_catalog.format(
                    'Let somebody make it who may: create schema {{ schema }} authorization %I;', current_user
                );
        end if;
        create schema {{ schema }};
        comment on schema {{ schema }} is
        'Everything that is autopost''s, but for a trigger on the platform''s operations. Created by autopost.';
    end if;
end
$migration$;
