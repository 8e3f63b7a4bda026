-- Why simulated operations cannot be put into the platform's tables: a row for each column that a simulation cannot
-- fill, none when it can fill them all.
with filled (table_name, column_name, must_be_text) as (
    values
    ('agents', 'id', true),
    ('agents', 'tenant_id', true),
    ('agents', 'name', true),
    ('agents', 'maturity', true),
    ('agents', 'category', true),
    ('operation_trackers', 'id', true),
    ('operation_trackers', 'tenant_id', true),
    ('operation_trackers', 'agent_id', true),
    ('operation_trackers', 'operation_type', true),
    ('operation_trackers', 'status', true),
    ('operation_trackers', 'what_explanation', true),
    ('operation_trackers', 'why_explanation', true),
    ('operation_trackers', 'next_steps', true),
    ('operation_trackers', 'progress', false),
    ('operation_trackers', 'started_at', false),
    ('operation_trackers', 'completed_at', false)
),

host as (
    select
        c.relname as table_name,
        a.attname as column_name,
        format_type(a.atttypid, a.atttypmod) as type_name,
        a.atttypid in ('text'::regtype, 'varchar'::regtype) as is_text,
        a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as must_be_given
    from pg_class as c
    inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    where
        c.relnamespace = '{{ platform }}'::regnamespace
        and c.relkind in ('r', 'p')
        and c.relname in ('agents', 'operation_trackers')
)

select
    h.table_name::text as table_name,
    h.column_name::text as column_name,
    case
        when f.column_name is null then 'must be given and has no default, and a simulation does not know it'
        else 'is ' || h.type_name || ', and a simulation writes text'
    end as problem
from host as h
left join filled as f on h.table_name = f.table_name and h.column_name = f.column_name
where (f.column_name is null and h.must_be_given) or (f.must_be_text and not h.is_text)
order by h.table_name, h.column_name
