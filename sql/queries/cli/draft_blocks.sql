-- The partitions of a table that hold rows, or the table itself, the newest first: of partitions made one after the
-- other the one that was made last. With how many blocks each has.
with recursive leaves as (
    select $1::oid as oid
    union all
    select i.inhrelid
    from leaves as l
    inner join pg_catalog.pg_inherits as i on l.oid = i.inhparent
)

select
    c.oid::bigint as oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
    pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint as blocks
from leaves as l
inner join pg_catalog.pg_class as c on l.oid = c.oid and c.relkind in ('r', 'm')
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where pg_catalog.pg_relation_size(c.oid) > 0
order by c.oid desc
limit 400
