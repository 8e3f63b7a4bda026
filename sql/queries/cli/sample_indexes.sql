-- The columns of table $1 that a usable B-tree index begins with, and whether each is a number that is unique by
-- itself. None of a table with children, whose rows may be in no index.
select distinct on (a.attname)
    a.attname as name,
    i.indisunique and i.indnkeyatts = 1
    and a.atttypid in ('pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype) as is_serial
from pg_catalog.pg_index as i
inner join pg_catalog.pg_class as x on i.indexrelid = x.oid
inner join pg_catalog.pg_am as m on x.relam = m.oid and m.amname = 'btree'
inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
where
    i.indrelid = $1::text::pg_catalog.regclass and i.indisvalid and i.indpred is null
    and not exists (
        select from pg_catalog.pg_inherits as h
        inner join pg_catalog.pg_class as c on h.inhparent = c.oid
        where c.oid = i.indrelid and c.relkind = 'r'
    )
order by a.attname, i.indisunique and i.indnkeyatts = 1 desc
