-- How large autopost's tables are, with indexes and long texts, and all of them together.
-- rows: as the statistics have it. auto_post_tombstones only grows, by about 80 bytes an operation.
with sizes as (
    select
        c.relname::text as table_name,
        s.n_live_tup as rows,
        pg_table_size(c.oid) - coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as in_table,
        coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as in_toast,
        pg_indexes_size(c.oid) as in_indexes
    from pg_class as c
    left join pg_stat_all_tables as s on c.oid = s.relid
    where c.relnamespace = '{{ schema }}'::regnamespace and c.relname like 'auto\_post\_%' and c.relkind = 'r'
)

select
    coalesce(z.table_name, 'all') as table_name,
    sum(z.rows) as rows,
    pg_size_pretty(sum(z.in_table)) as in_table,
    pg_size_pretty(sum(z.in_toast)) as in_toast,
    pg_size_pretty(sum(z.in_indexes)) as in_indexes,
    pg_size_pretty(sum(z.in_table + z.in_toast + z.in_indexes)) as total
from sizes as z
group by rollup (z.table_name)
order by grouping(z.table_name), sum(z.in_table + z.in_toast + z.in_indexes) desc, z.table_name asc;
