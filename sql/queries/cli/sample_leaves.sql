-- The tables that hold the rows of table $1, at most $2, the newest made first, with the number of their blocks:
-- itself, its partitions and its children. Foreign tables are left out.
with recursive tables as (
    select $1::text::pg_catalog.regclass::pg_catalog.oid as oid
    union
    select i.inhrelid from pg_catalog.pg_inherits as i
    inner join tables as t on i.inhparent = t.oid
)

select
    c.oid::bigint as oid,
    pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
    pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint as blocks
from tables as t
inner join pg_catalog.pg_class as c on t.oid = c.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where c.relkind = 'r' and pg_catalog.pg_relation_size(c.oid) > 0
order by c.oid desc
limit $2
