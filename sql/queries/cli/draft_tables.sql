-- Every table and view that a mapping could name, one row each, partitions as their root: the catalog alone is read.
-- rows is an estimate of the statistics. is_readable: this role may read it.
with recursive leaves as (
    select c.oid as root, c.oid
    from pg_catalog.pg_class as c
    where c.relkind in ('r', 'p') and not c.relispartition
    union all
    select l.root, i.inhrelid
    from leaves as l
    inner join pg_catalog.pg_inherits as i on l.oid = i.inhparent
),

sizes as (
    select
        l.root,
        -- Nothing here may take a lock, as pg_relation_size would.
        sum(case
            when c.relkind = 'p' then 0
            when c.reltuples > 0 then c.reltuples
            else pg_catalog.pg_stat_get_live_tuples(c.oid)
        end)::bigint as rows
    from leaves as l
    inner join pg_catalog.pg_class as c on l.oid = c.oid
    group by l.root
),

named as (
    select
        c.oid, c.relkind, n.nspname, c.relname, s.rows,
        pg_catalog.has_table_privilege(c.oid, 'select')
        and pg_catalog.has_schema_privilege(n.oid, 'usage') as is_readable
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    left join sizes as s on c.oid = s.root
    where
        c.relkind in ('r', 'p', 'v', 'm', 'f')
        and c.relpersistence <> 't'
        and not c.relispartition
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        and n.nspname <> $1
        and not exists (
            select from pg_catalog.pg_depend as d
            where d.classid = 'pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
        )
)

select
    n.oid::bigint as oid, n.nspname as schema, n.relname as name, n.relkind::text as kind, coalesce(n.rows, 0) as rows,
    n.is_readable, coalesce(pg_catalog.obj_description(n.oid, 'pg_class'), '') as comment,
    (
        select
            pg_catalog.json_agg(pg_catalog.json_build_object(
                'name', a.attname,
                'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                'base', pg_catalog.format_type(b.oid, null),
                'category', b.typcategory,
                'is_enum', b.typtype = 'e',
                'length', case when b.oid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end,
                'not_null', a.attnotnull,
                'is_filled', a.atthasdef or a.attidentity <> '',
                'is_generated', a.attgenerated <> '',
                'labels', (
                    select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
                    from pg_catalog.pg_enum as e where e.enumtypid = b.oid
                ),
                'common', (
                    select s.most_common_vals::text::text[]
                    from pg_catalog.pg_stats as s
                    where
                        s.schemaname = n.nspname and s.tablename = n.relname and s.attname = a.attname
                        and (b.typtype = 'e' or b.typcategory in ('S', 'N')) and s.n_distinct between 0 and 40
                    order by s.inherited desc limit 1
                ),
                'comment', coalesce(pg_catalog.col_description(n.oid, a.attnum), '')
            ) order by a.attnum)
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_type as t on a.atttypid = t.oid
        inner join pg_catalog.pg_type as b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
        where a.attrelid = n.oid and a.attnum > 0 and not a.attisdropped
    ) as columns,
    (
        select pg_catalog.json_agg(k.columns order by k.is_primary desc, k.size asc, k.indexrelid asc)
        from (
            select
                i.indexrelid, i.indisprimary as is_primary, i.indnkeyatts as size,
                array(
                    select a.attname
                    from pg_catalog.unnest(i.indkey::smallint[]) with ordinality as u (attnum, place)
                    inner join pg_catalog.pg_attribute as a on a.attrelid = n.oid and u.attnum = a.attnum
                    where u.place <= i.indnkeyatts
                    order by u.place
                ) as columns,
                array(
                    select a.attnotnull
                    from pg_catalog.unnest(i.indkey::smallint[]) with ordinality as u (attnum, place)
                    inner join pg_catalog.pg_attribute as a on a.attrelid = n.oid and u.attnum = a.attnum
                    where u.place <= i.indnkeyatts
                ) as are_not_null
            from pg_catalog.pg_index as i
            where i.indrelid = n.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
        ) as k
        where true = all(k.are_not_null)
    ) as keys,
    (
        select
            pg_catalog.json_agg(pg_catalog.json_build_object(
                'schema', fn.nspname, 'table', f.relname,
                'columns', array(
                    select a.attname
                    from pg_catalog.unnest(r.conkey) with ordinality as u (attnum, place)
                    inner join pg_catalog.pg_attribute as a on a.attrelid = r.conrelid and u.attnum = a.attnum
                    order by u.place
                ),
                'targets', array(
                    select a.attname
                    from pg_catalog.unnest(r.confkey) with ordinality as u (attnum, place)
                    inner join pg_catalog.pg_attribute as a on a.attrelid = r.confrelid and u.attnum = a.attnum
                    order by u.place
                )
            ) order by r.conname)
        from pg_catalog.pg_constraint as r
        inner join pg_catalog.pg_class as f on r.confrelid = f.oid and not f.relispartition
        inner join pg_catalog.pg_namespace as fn on f.relnamespace = fn.oid
        where r.conrelid = n.oid and r.contype = 'f'
    ) as foreign_keys,
    (
        select
            pg_catalog.json_agg(pg_catalog.json_build_object(
                'column', a.attname, 'definition', pg_catalog.pg_get_constraintdef(r.oid)
            ))
        from pg_catalog.pg_constraint as r
        inner join pg_catalog.pg_attribute as a on r.conrelid = a.attrelid and a.attnum = r.conkey[1]
        where r.conrelid = n.oid and r.contype = 'c' and pg_catalog.array_length(r.conkey, 1) = 1
    ) as checks
from named as n
order by n.nspname, n.relname
