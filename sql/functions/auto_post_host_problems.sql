-- What the platform's tables lack for autopost to work: a row for each problem, none when all is well.
-- Takes no lock but those of reading the catalog.
create or replace function {{ schema }}.auto_post_host_problems()
returns table (table_name text, problem text)
language sql
stable
set search_path = ''
as $$
    with required (table_name, column_name, is_id) as (
        values
        ('agents', 'id', true),
        ('agents', 'tenant_id', true),
        ('agents', 'name', false),
        ('agents', 'maturity', false),
        ('agents', 'category', false),
        ('operation_trackers', 'id', true),
        ('operation_trackers', 'tenant_id', true),
        ('operation_trackers', 'agent_id', true),
        ('operation_trackers', 'operation_type', false),
        ('operation_trackers', 'status', false),
        ('operation_trackers', 'progress', false),
        ('operation_trackers', 'what_explanation', false),
        ('operation_trackers', 'why_explanation', false),
        ('operation_trackers', 'next_steps', false),
        ('operation_trackers', 'operation_metadata', false),
        ('operation_trackers', 'started_at', false),
        ('operation_trackers', 'completed_at', false),
        ('social_posts', 'id', true),
        ('social_posts', 'tenant_id', true),
        ('social_posts', 'author_type', false),
        ('social_posts', 'author_id', true),
        ('social_posts', 'post_type', false),
        ('social_posts', 'content', false),
        ('social_posts', 'post_metadata', false),
        ('social_posts', 'auto_generated', false),
        ('social_posts', 'created_at', false),
        ('audit_log', 'id', true),
        ('audit_log', 'occurred_at', false),
        ('audit_log', 'agent_id', true),
        ('audit_log', 'action', false),
        ('audit_log', 'operation_type', false),
        ('audit_log', 'tracker_id', true),
        ('audit_log', 'status', false),
        ('audit_log', 'post_id', true),
        ('audit_log', 'details', false)
    ),

    host as (
        select
            c.relname as table_name,
            a.attname as column_name,
            a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as must_be_given,
            pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name,
            a.atttypid in ('text'::pg_catalog.regtype, 'character varying'::pg_catalog.regtype) as is_text
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v', 'f')
    )

    select
        r.table_name,
        case
            when not exists (select from host as h where h.table_name = r.table_name) then 'the table is missing'
            when h.column_name is null then 'column ' || r.column_name || ' is missing'
            else 'column ' || r.column_name || ' is ' || h.type_name || ', must be text'
        end as problem
    from required as r
    left join host as h on r.table_name = h.table_name and r.column_name = h.column_name
    where h.column_name is null or (r.is_id and not h.is_text)
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
    order by 1, 2
$$;

comment on function {{ schema }}.auto_post_host_problems() is
'What the tables of the platform lack for autopost to work, a row for each problem.';
