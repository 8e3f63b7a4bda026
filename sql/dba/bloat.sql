-- How much of autopost's tables and indexes is dead or empty, the most first, and when vacuum last ran.
-- dead_rows: what vacuum has not removed yet; autovacuum runs at vacuum_at of them. bloat: space that holds nothing,
-- estimated without reading the table, as of the last ANALYZE, to within some per cent; an index on ids is about a
-- third empty by nature. NULL: too small to say, not analyzed, or columns that this role may not read.
with relations as (
    select c.oid, c.relname::text as relation, c.relkind, c.relpages, c.reltuples, c.reloptions
    from pg_class as c
    where
        c.relnamespace = '{{ schema }}'::regnamespace and c.relname like 'auto\_post\_%' and c.relkind in ('r', 'i')
    union all
    select t.oid, 'toast of ' || c.relname, t.relkind, t.relpages, t.reltuples, coalesce(t.reloptions, c.reloptions)
    from pg_class as c
    inner join pg_class as t on c.reltoastrelid = t.oid
    where c.relnamespace = '{{ schema }}'::regnamespace and c.relname like 'auto\_post\_%'
),

settings as (
    select
        r.oid,
        current_setting('block_size')::integer as page,
        coalesce(
            max(o.option_value) filter (where o.option_name = 'fillfactor')::integer,
            case r.relkind when 'i' then 90 else 100 end
        ) / 100.0 as fill,
        coalesce(
            max(o.option_value) filter (where o.option_name = 'autovacuum_vacuum_threshold'),
            current_setting('autovacuum_vacuum_threshold')
        )::double precision as threshold,
        coalesce(
            max(o.option_value) filter (where o.option_name = 'autovacuum_vacuum_scale_factor'),
            current_setting('autovacuum_vacuum_scale_factor')
        )::double precision as scale_factor
    from relations as r
    left join pg_options_to_table(r.reloptions) as o on true
    group by r.oid, r.relkind
),

-- What the values of a row take on average. An index has no statistics of its own: those of its table's columns serve.
widths as (
    select
        r.oid,
        count(*) as columns,
        case
            when r.relkind = 'i' and count(*) = count(coalesce(nullif(a.attlen, -1), s.avg_width))
                then sum(coalesce(nullif(a.attlen, -1), s.avg_width))
            when r.relkind = 'r' and count(*) = count(s.avg_width)
                then sum(s.avg_width * (1 - s.null_frac))
        end as bytes
    from relations as r
    inner join pg_attribute as a on r.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    left join pg_index as i on r.oid = i.indexrelid
    left join pg_class as t on coalesce(i.indrelid, r.oid) = t.oid
    left join pg_namespace as n on t.relnamespace = n.oid
    left join pg_stats as s on n.nspname = s.schemaname and t.relname = s.tablename and a.attname = s.attname
    group by r.oid, r.relkind
),

-- A page has a header of 24 bytes, that of an index 16 more; a row takes 28 beside its values, an entry 12.
spare as (
    select
        r.oid,
        case
            when r.relpages < 10 or r.reltuples < 0 then null
            when r.relkind = 'i'
                then r.relpages - 1 - r.reltuples * (12 + 8 * ceil(w.bytes / 8)) / ((s.page - 40) * s.fill)
            else r.relpages - r.reltuples * (28 + 8 * ceil((w.bytes + w.columns / 8) / 8)) / ((s.page - 24) * s.fill)
        end as pages
    from relations as r
    inner join settings as s on r.oid = s.oid
    inner join widths as w on r.oid = w.oid
)

select
    r.relation,
    pg_size_pretty(pg_relation_size(r.oid)) as size,
    coalesce(u.n_live_tup, nullif(r.reltuples, -1)::bigint) as live_rows,
    u.n_dead_tup as dead_rows,
    case when r.relkind <> 'i' then (s.threshold + s.scale_factor * greatest(r.reltuples, 0))::bigint end as vacuum_at,
    date_trunc('second', greatest(u.last_vacuum, u.last_autovacuum)) as last_vacuum,
    case when p.pages > 0 then pg_size_pretty((p.pages * s.page)::bigint) when p.pages <= 0 then '0 bytes' end as bloat,
    round(greatest(100 * p.pages / nullif(r.relpages, 0), p.pages * 0)::numeric) as bloat_percent
from relations as r
inner join settings as s on r.oid = s.oid
inner join spare as p on r.oid = p.oid
left join pg_stat_all_tables as u on r.oid = u.relid
where r.relkind = 'r' or pg_relation_size(r.oid) >= 10 * s.page
order by p.pages * s.page desc nulls last, pg_relation_size(r.oid) desc, r.relation asc;
