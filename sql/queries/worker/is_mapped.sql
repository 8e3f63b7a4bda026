-- Whether the schema ($1) has views of the platform's tables, by a mapping. Needs no right on anything.
select exists(
    select
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = $1 and c.relname = 'auto_post_mapping'
) as is_mapped
