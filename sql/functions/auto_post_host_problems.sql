-- What the platform's tables lack for autopost to work: a row for each problem, none when all is well.
-- Takes no lock but those of reading the catalog.
create or replace function {{ schema }}.auto_post_host_problems()
returns table (table_name text, problem text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with required (table_name, column_name, must_be) as (
        values
        ('agents', 'id', 'text'),
        ('agents', 'tenant_id', 'anything'),
        ('agents', 'name', 'anything'),
        ('agents', 'maturity', 'anything'),
        ('agents', 'category', 'anything'),
        ('operation_trackers', 'id', 'anything'),
        ('operation_trackers', 'tenant_id', 'anything'),
        ('operation_trackers', 'agent_id', 'anything'),
        ('operation_trackers', 'operation_type', 'anything'),
        ('operation_trackers', 'status', 'anything'),
        ('operation_trackers', 'progress', 'anything'),
        ('operation_trackers', 'what_explanation', 'anything'),
        ('operation_trackers', 'why_explanation', 'anything'),
        ('operation_trackers', 'next_steps', 'anything'),
        ('operation_trackers', 'operation_metadata', 'anything'),
        ('operation_trackers', 'started_at', 'time'),
        ('operation_trackers', 'completed_at', 'time'),
        ('social_posts', 'id', 'text'),
        ('social_posts', 'tenant_id', 'text'),
        ('social_posts', 'author_type', 'text'),
        ('social_posts', 'author_id', 'text'),
        ('social_posts', 'post_type', 'text'),
        ('social_posts', 'content', 'text'),
        ('social_posts', 'post_metadata', 'json'),
        ('social_posts', 'auto_generated', 'boolean'),
        ('social_posts', 'created_at', 'time'),
        ('audit_log', 'id', 'text'),
        ('audit_log', 'occurred_at', 'time'),
        ('audit_log', 'agent_id', 'text'),
        ('audit_log', 'action', 'text'),
        ('audit_log', 'operation_type', 'text'),
        ('audit_log', 'tracker_id', 'text'),
        ('audit_log', 'status', 'text'),
        ('audit_log', 'post_id', 'text'),
        ('audit_log', 'details', 'json')
    ),

    host as (
        select
            c.relname as table_name,
            c.relkind,
            a.attname as column_name,
            a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as must_be_given,
            pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name,
            case
                when a.atttypid in ('text'::pg_catalog.regtype, 'varchar'::pg_catalog.regtype) then 'text'
                when a.atttypid in ('json'::pg_catalog.regtype, 'jsonb'::pg_catalog.regtype) then 'json'
                when a.atttypid in ('timestamptz'::pg_catalog.regtype, 'timestamp'::pg_catalog.regtype) then 'time'
                when a.atttypid = 'bool'::pg_catalog.regtype then 'boolean'
            end as type_kind,
            a.atttypid = 'varchar'::pg_catalog.regtype and a.atttypmod between 5 and 283 as is_too_short
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v', 'f')
    )

    select
        r.table_name,
        case
            when not exists (select from host as h where h.table_name = r.table_name) then 'the table is missing'
            when h.column_name is null then 'column ' || r.column_name || ' is missing'
            when r.column_name = 'content' and h.is_too_short
                then 'column content is ' || h.type_name || ', must hold 280 characters'
            else 'column ' || r.column_name || ' is ' || h.type_name || ', must be ' || r.must_be
        end as problem
    from required as r
    left join host as h on r.table_name = h.table_name and r.column_name = h.column_name
    where
        h.column_name is null
        or (r.must_be <> 'anything' and r.must_be is distinct from h.type_kind)
        or (r.column_name = 'content' and h.is_too_short)
    union
    select
        h.table_name,
        'column ' || h.column_name || ' must be given and has no default, and autopost does not know it'
    from host as h
    where
        h.table_name in ('social_posts', 'audit_log')
        and h.must_be_given
        and not exists (
            select from required as r where r.table_name = h.table_name and r.column_name = h.column_name
        )
    union
    select c.relname, 'column id must be unique by itself: the row is known by it alone'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
        and c.relkind = 'r'
        and c.relname in ('agents', 'operation_trackers')
        and not exists (
            select from pg_catalog.pg_index as i
            inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
            where
                i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attname = 'id'
        )
    union
    select 'operation_trackers', o.qualified || ' is not a table but a view or a foreign table, which can have no such trigger'
    from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(o.qualified) and c.relkind not in ('r', 'p')
    union
    select c.relname, 'it is a view that takes no INSERT: make an INSTEAD OF INSERT trigger on it'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
        and c.relkind = 'v'
        and c.relname in ('social_posts', 'audit_log')
        and pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 = 0
    order by 1, 2
$$;

revoke execute on function {{ schema }}.auto_post_host_problems() from public;

comment on function {{ schema }}.auto_post_host_problems() is
'What the tables of the platform lack for autopost to work, a row for each problem.';
