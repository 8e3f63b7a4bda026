-- What autopost has in this schema, a row for each part. $1 is the name of the schema, which is left out of the
-- definitions, so that they compare with those of another. The trigger on the platform's table is not among them.
with relations as (
    select c.oid, c.relname as name, c.relkind, c.reloptions
    from pg_class as c
    where
        c.relnamespace = quote_ident($1)::regnamespace
        and c.relkind in ('r', 'v')
        and c.relname like 'auto\_post\_%'
        and c.relname <> 'auto_post_schema_version'
),

functions as (
    select p.*, p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as signature
    from pg_proc as p
    where p.pronamespace = quote_ident($1)::regnamespace and p.proname like 'auto\_post\_%'
),

parts (object, part, definition) as (
    select r.name, 'table', '' from relations as r
    where r.relkind = 'r'
    union all
    select
        r.name, 'view',
        (select string_agg(o.option_name || '=' || o.option_value, ', ') from pg_options_to_table(r.reloptions) as o)
    from relations as r
    where r.relkind = 'v'
    union all
    select
        r.name, 'column ' || a.attname,
        concat_ws(
            ' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
            'default ' || pg_get_expr(d.adbin, d.adrelid), case when a.attidentity <> '' then 'identity' end
        )
    from relations as r
    inner join pg_attribute as a on r.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
    where r.relkind = 'r'
    union all
    select r.name, 'definition', pg_get_viewdef(r.oid) from relations as r
    where r.relkind = 'v'
    union all
    -- Not the NOT NULL constraints, which are rows only from PostgreSQL 18 on: the columns tell.
    select r.name, 'constraint ' || c.conname, pg_get_constraintdef(c.oid)
    from relations as r
    inner join pg_constraint as c on r.oid = c.conrelid and c.contype <> 'n'
    union all
    select
        r.name, 'index ' || i.indexrelid::regclass::text,
        pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' (invalid)' end
    from relations as r
    inner join pg_index as i on r.oid = i.indrelid
    where not exists (select from pg_constraint as c where c.conindid = i.indexrelid)
    union all
    select
        r.name, 'trigger ' || t.tgname,
        pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ' (disabled)' end
    from relations as r
    inner join pg_trigger as t on r.oid = t.tgrelid and not t.tgisinternal
    union all
    select
        f.signature, 'function',
        concat_ws(
            ' ', 'returns', pg_get_function_result(f.oid), 'language', l.lanname,
            case f.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
            case when f.proisstrict then 'strict' end, case when f.prosecdef then 'security definer' end,
            'set ' || array_to_string(f.proconfig, ' set ')
        )
    from functions as f
    inner join pg_language as l on f.prolang = l.oid
    union all
    select
        f.signature, case when f.prosqlbody is null then 'body' else 'expression' end,
        coalesce(pg_get_function_sqlbody(f.oid), f.prosrc)
    from functions as f
)

select
    p.object,
    replace(p.part, quote_ident($1) || '.', '') as part,
    coalesce(
        case p.part
            when 'body' then p.definition
            -- Within a literal it stands as it was rendered, in quotes.
            else replace(replace(p.definition, quote_ident($1) || '.', ''), '"' || $1 || '".', '')
        end, ''
    ) as definition
from parts as p
