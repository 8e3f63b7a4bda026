-- Returns the tables of the platform that a migration without a mapping would create, and how many other tables the
-- database has: none of the system's, of an extension's or of autopost's schema.
select
    array(
        select n.name
        from (values ('agents'), ('operation_trackers'), ('social_posts'), ('audit_log')) as n (name)
        where to_regclass('{{ platform }}.' || n.name) is null
    ) as missing,
    (
        select count(*)
        from pg_class as c
        inner join pg_namespace as s on c.relnamespace = s.oid
        where
            c.relkind in ('r', 'p') and not c.relispartition
            and s.nspname !~ '^pg_' and s.nspname <> 'information_schema'
            and s.oid is distinct from to_regnamespace('{{ schema }}')
            and not (
                s.oid is not distinct from to_regnamespace('{{ platform }}')
                and c.relname in ('agents', 'operation_trackers', 'social_posts', 'audit_log')
            )
            and not exists (
                select from pg_depend as d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
            )
    ) as others
