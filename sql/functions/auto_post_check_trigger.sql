-- Part of auto_post_check: the trigger on each of the platform's tables of operations, and what has changed on the
-- platform's tables. The trigger is known by its function, as a table may be the platform's own under another name. Of a partitioned table each partition has a copy of it; a child of the
-- table by INHERITS needs one of its own.
create or replace function {{ schema }}.auto_post_check_trigger()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive triggers as (
        select
            t.tgname, t.tgenabled, t.tgparentid = 0 as is_own, t.tgrelid, t.tgfoid,
            t.tgrelid::pg_catalog.regclass::text as table_name,
            t.tgtype::integer as kind,
            t.tgqual is not null as has_condition,
            array(
                select pg_catalog.quote_ident(a.attname)
                from pg_catalog.pg_attribute as a
                where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr::smallint[])
            ) as columns
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }}
    ),

    expected as (
        select
            pg_catalog.to_regclass(o.qualified)::oid as relid,
            o.qualified,
            coalesce(pg_catalog.to_regclass(o.qualified)::text, o.qualified) as shown,
            pg_catalog.to_regprocedure(o.capture)::oid as function,
            array(
                select pg_catalog.quote_ident(pg_catalog.btrim(c.name, ' "'))
                from pg_catalog.string_to_table(o.status_columns, ',') as c (name)
            ) as columns,
            pg_catalog.format(
                'create or replace trigger auto_post_capture after insert or update of %s on %s '
                'for each row execute function %s;', o.status_columns, o.qualified, o.capture
            ) as remedy
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    ),

    children as (
        select i.inhrelid as relid, e.relid as parent
        from pg_catalog.pg_inherits as i
        inner join expected as e on i.inhparent = e.relid
        union
        select i.inhrelid, p.parent
        from pg_catalog.pg_inherits as i
        inner join children as p on i.inhparent = p.relid
    ),

    wrong (finding, advice) as (
        select
            pg_catalog.concat_ws(case when p.problem like 'has %' then ' ' else ': ' end, p.table_name, p.problem),
            p.advice
        from {{ schema }}.auto_post_platform_changes() as p
        union all
        select
            case
                when exists (select from expected as e where e.function = t.tgfoid) then pg_catalog.format(
                    'it is on %s instead of %s', t.table_name,
                    (select e.shown from expected as e where e.function = t.tgfoid limit 1)
                )
                else pg_catalog.format('it is on %s, which the mapping does not name', t.table_name)
            end,
            pg_catalog.format('drop trigger %I on %s;', t.tgname, t.table_name)
        from triggers as t
        where
            t.is_own
            and not exists (select from expected as e where e.relid = t.tgrelid and e.function = t.tgfoid)
            and not exists (select from children as k where k.relid = t.tgrelid)
        union all
        select
            case t.tgenabled
                when 'R' then 'on ' || t.table_name || ' it fires for replicated changes alone'
                else 'it is disabled on ' || t.table_name
            end,
            pg_catalog.format('alter table %s enable trigger %I;', t.table_name, t.tgname)
        from triggers as t
        where t.tgenabled in ('D', 'R')
        union all
        -- 1 for each row, 4 insert, 16 update; 2 would be before, 8 delete, 32 truncate, 64 instead of.
        select
            'on ' || t.table_name || ' it does not fire as it should: '
            || pg_catalog.concat_ws(
                ', ', case when t.kind <> 21 then 'other events' end, case when t.has_condition then 'a condition' end,
                case
                    when not t.columns @> e.columns and t.columns <> '{}' then 'not for every column of the status'
                end
            ),
            e.remedy
        from triggers as t
        inner join expected as e on t.tgfoid = e.function
        where t.is_own and (t.kind <> 21 or t.has_condition or not (t.columns @> e.columns or t.columns = '{}'))
    )

    select 'problem', 'trigger', w.finding, w.advice
    from wrong as w
    union all
    select
        case when t.columns = '{}' then 'warning' else 'ok' end, 'trigger',
        'on ' || t.table_name
        || case when t.columns = '{}' then ', and fires for any column, which costs the agents' else ', enabled' end,
        case when t.columns = '{}' then e.remedy end
    from triggers as t
    inner join expected as e on t.tgfoid = e.function
    where t.is_own and not exists (select from wrong)
    union all
    select
        'warning', 'trigger',
        pg_catalog.format(
            '%s inherits from %s and has no trigger: only the reconciler finds its changes',
            c.oid::pg_catalog.regclass, e.shown
        ),
        pg_catalog.replace(e.remedy, pg_catalog.format('on %s ', e.qualified), pg_catalog.format('on %s ', c.oid::pg_catalog.regclass))
    from children as k
    inner join pg_catalog.pg_class as c on k.relid = c.oid and c.relkind = 'r' and not c.relispartition
    inner join expected as e on k.parent = e.relid
    where not exists (select from triggers as t where t.tgrelid = c.oid)
    union all
    select
        case when n.columns is null or n.is_utc then 'ok' else 'warning' end, 'time zone',
        case
            when n.columns is null then 'every time in operation_trackers has one'
            when n.is_utc then pg_catalog.format('%s without one, read as UTC', n.columns)
            else pg_catalog.format(
                '%s without one, read in that of the database, %s: where the platform writes another, the reconciler '
                'takes operations for older or newer than they are', n.columns,
                pg_catalog.current_setting('TimeZone')
            )
        end,
        case
            when n.columns is not null and not n.is_utc then pg_catalog.format(
                'alter table {{ platform }}.operation_trackers %s;  -- rewrites the table', n.changes
            )
        end
    from (
        select
            pg_catalog.string_agg(a.attname, ', ' order by a.attnum) as columns,
            pg_catalog.string_agg(
                pg_catalog.format('alter column %1$I type timestamptz using %1$I at time zone ''UTC''', a.attname), ', '
                order by a.attnum
            ) as changes,
            pg_catalog.current_setting('TimeZone') in ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/Zulu') as is_utc
        from pg_catalog.pg_attribute as a
        where
            a.attrelid = pg_catalog.to_regclass('{{ platform }}.operation_trackers')
            and a.attname in ('started_at', 'completed_at') and not a.attisdropped
            and a.atttypid = 'pg_catalog.timestamp'::pg_catalog.regtype
    ) as n
    union all
    select
        case when s.advice is null then 'ok' else 'warning' end, 'replication role',
        case
            when s.advice is null then 'no role and no database is set to pass by the trigger'
            else 'session_replication_role is set, and these pass by the trigger: ' || s.who
        end,
        s.advice
    from (
        select pg_catalog.string_agg(o.who, ', ') as who, pg_catalog.string_agg(o.advice, ' ') as advice
        from (
            select 'the present session', 'set session_replication_role = origin;'
            where pg_catalog.current_setting('session_replication_role') <> 'origin'
            union all
            select
                pg_catalog.concat_ws(' in ', 'role ' || r.rolname, 'database ' || d.datname),
                'alter ' || case
                    when r.rolname is null then pg_catalog.format('database %I', d.datname)
                    when d.datname is null then pg_catalog.format('role %I', r.rolname)
                    else pg_catalog.format('role %I in database %I', r.rolname, d.datname)
                end || ' reset session_replication_role;'
            from pg_catalog.pg_db_role_setting as x
            left join pg_catalog.pg_roles as r on x.setrole = r.oid
            left join pg_catalog.pg_database as d on x.setdatabase = d.oid
            where
                (d.oid is null or d.datname = pg_catalog.current_database())
                and exists (
                    select from pg_catalog.unnest(x.setconfig) as c (setting)
                    where c.setting like 'session\_replication\_role=%' and c.setting not like '%=origin'
                )
        ) as o (who, advice)
    ) as s
$$;

revoke execute on function {{ schema }}.auto_post_check_trigger() from public;

comment on function {{ schema }}.auto_post_check_trigger() is
'Part of auto_post_check: the trigger on the platform''s table of operations.';
