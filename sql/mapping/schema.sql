-- Makes the schema of the views and of autopost's own tables. Asked first, as IF NOT EXISTS wants the right to create.
do $mapping$
begin
    if not exists (select from pg_catalog.pg_namespace as n where n.nspname = {{ literal }}) then
        create schema {{ schema }};
        comment on schema {{ schema }} is 'autopost, and the platform''s tables in its words.';
    end if;
end
$mapping$;
