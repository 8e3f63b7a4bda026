-- Which of autopost's indexes are used? Scans since the statistics began, entries read, and the size of each.
-- last_scan: from PostgreSQL 16 on. seq_scans: how often the table was scanned instead, which is right for a small one.
select
    s.indexrelname::text as index_name,
    pg_size_pretty(pg_relation_size(s.indexrelid)) as size,
    case when i.indisprimary then 'primary key' when i.indisunique then 'unique' else 'plain' end as kind,
    s.idx_scan as scans,
    s.idx_tup_read as entries_read,
    date_trunc('second', (to_jsonb(s) ->> 'last_idx_scan')::timestamptz) as last_scan,
    t.seq_scan as seq_scans
from pg_stat_all_indexes as s
inner join pg_stat_all_tables as t on s.relid = t.relid
inner join pg_index as i on s.indexrelid = i.indexrelid
inner join pg_class as c on s.relid = c.oid
where c.relnamespace = '{{ schema }}'::regnamespace and c.relname like 'auto\_post\_%'
order by s.indexrelname;
