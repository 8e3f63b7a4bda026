-- The columns of table $1 that may be NULL, have no default, and are not among those that are written ($2), each with a
-- proposal of what to write, by its type: an SQL expression.
select
    pg_catalog.quote_ident(a.attname) as quoted,
    case
        when a.atttypid = 'pg_catalog.bool'::pg_catalog.regtype then 'true'
        when t.typcategory = 'N' then '0'
        when a.atttypid in ('pg_catalog.json'::pg_catalog.regtype, 'pg_catalog.jsonb'::pg_catalog.regtype) then '''[]'''
        when t.typcategory = 'A' then '''{}'''
        when t.typcategory = 'D' then 'now()'
        else '''...'''
    end as proposal
from pg_catalog.pg_attribute as a
inner join pg_catalog.pg_type as t on a.atttypid = t.oid
where
    a.attrelid = $1::text::pg_catalog.regclass and a.attnum > 0 and not a.attisdropped
    and not a.attnotnull and not a.atthasdef and a.attidentity = ''
    and a.attname <> all($2::text[])
    and t.typdefault is null
order by a.attnum
