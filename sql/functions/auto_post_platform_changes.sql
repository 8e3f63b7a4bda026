-- What has changed on the platform's tables since autopost was installed or migrated, and keeps operations from being
-- captured or posts from being written: a row for each change, none when all is well. Compares the columns that the
-- trigger's function names with those of its table, the table that each view reads with the one of the mapping, and the
-- rules and switches with what was compiled of them.
-- column_name is NULL where it concerns the table, and table_name where it concerns all. Takes no lock but those of
-- reading the catalog.
create or replace function {{ schema }}.auto_post_platform_changes()
returns table (table_name text, column_name text, problem text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with operations as (
        select
            o.qualified, coalesce(pg_catalog.to_regclass(o.qualified)::text, o.qualified) as shown, o.status_columns,
            o.capture, pg_catalog.to_regclass(o.qualified)::oid as relid,
            pg_catalog.to_regprocedure(o.capture)::oid as function
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    ),

    views as (
        select
            v.view_name, v.qualified, coalesce(pg_catalog.to_regclass(v.qualified)::text, v.qualified) as shown,
            pg_catalog.to_regclass(v.view_name)::oid as relid
        from (values {{ views }}) as v (view_name, qualified)
        where v.view_name is not null
    ),

    renamed as (
        select 'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the table''s new name' as remap
    ),

    detached as (
        select pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_detached()') as function
    ),

    -- The columns that a trigger's function names, in new or old, without those in literals and comments.
    named as (
        select distinct t.tgrelid as relid, pg_catalog.btrim(m.found[1], '"') as name
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_proc as p on t.tgfoid = p.oid
        cross join pg_catalog.regexp_matches(
            pg_catalog.regexp_replace(p.prosrc, $re$'(?:[^']|'')*'|--[^\n]*$re$, ' ', 'g'),
            '\m(?:new|old)\.("[^"]+"|[a-z_][a-z0-9_$]*)', 'g'
        ) as m (found)
        where t.tgfoid in {{ captures }} and t.tgparentid = 0
    ),

    -- The values that it compares a column of an enum with: `=`, `in` and `case new.state when`.
    enums as (
        select
            t.tgrelid as relid, a.attname as name, a.atttypid as type, p.prosrc as body,
            pg_catalog.format($re$\m(?:new|old)\.(?:%1$s|"%1$s")$re$, a.attname) as pattern
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_proc as p on t.tgfoid = p.oid
        inner join pg_catalog.pg_attribute as a on t.tgrelid = a.attrelid and a.attnum > 0 and not a.attisdropped
        inner join pg_catalog.pg_type as y on a.atttypid = y.oid and y.typtype = 'e'
        where t.tgfoid in {{ captures }} and t.tgparentid = 0 and a.attname ~ '^\w+$'
    ),

    compared as (
        select e.relid, e.name, e.type, v.found[1] as label
        from enums as e
        cross join pg_catalog.regexp_matches(
            e.body,
            e.pattern || $re$\s*(?:=|<>|!=|(?:not\s+)?in\M|is\s+(?:not\s+)?distinct\s+from)\s*$re$
            || $re$(\(?\s*'(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)$re$, 'gi'
        ) as l (found)
        cross join pg_catalog.regexp_matches(l.found[1], $re$'((?:[^']|'')*)'$re$, 'g') as v (found)
        union
        select e.relid, e.name, e.type, v.found[1]
        from enums as e
        cross join pg_catalog.regexp_matches(
            e.body, '\mcase\s+' || e.pattern || $re$((?:\s+when\s+'(?:[^']|'')*'\s+then\s+'(?:[^']|'')*')+)$re$, 'gi'
        ) as l (found)
        cross join pg_catalog.regexp_matches(l.found[1], $re$\mwhen\s+'((?:[^']|'')*)'$re$, 'gi') as v (found)
    )

    select null, null, 'autopost is detached from the platform''s tables: nothing is captured', 'autopost migrate'
    from detached as d
    where d.function is not null
    union all
    select
        null, null,
        'the trigger goes by other rules or switches than auto_post_rules and auto_post_control have: '
        || pg_catalog.string_agg(b.name, ', ' order by b.name),
        'select {{ schema }}.auto_post_compile();'
    from {{ schema }}.auto_post_compiled_bodies() as b
    left join pg_catalog.pg_proc as p
        on
            p.proname = b.name
            and p.pronamespace = (
                select c.relnamespace from pg_catalog.pg_class as c
                where c.oid = pg_catalog.to_regclass('{{ schema }}.auto_post_rules')
            )
    where b.body is distinct from p.prosrc
    having pg_catalog.count(*) > 0
    union all
    select o.shown, null, 'there is no such table: it was renamed, moved or dropped', r.remap
    from operations as o
    cross join renamed as r
    where o.relid is null
    union all
    select
        o.shown, null, 'has no trigger: changes are not captured as they happen',
        pg_catalog.format(
            'create or replace trigger auto_post_capture after insert or update of %s on %s '
            'for each row execute function %s;  -- or: autopost migrate', o.status_columns, o.qualified, o.capture
        )
    from operations as o
    cross join detached as d
    where
        d.function is null
        and o.relid is not null
        and not exists (
            select from pg_catalog.pg_trigger as t where t.tgrelid = o.relid and t.tgfoid = o.function
        )
    union all
    select
        n.relid::pg_catalog.regclass::text, n.name,
        pg_catalog.format('the trigger reads column %I, which is not there: nothing is captured as it happens', n.name),
        case
            when exists (select from views) then
                'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the column''s new name'
            else
                pg_catalog.format(
                    'alter table %s add column %I text;  -- or rename it back', n.relid::pg_catalog.regclass, n.name
                )
        end
    from named as n
    where not exists (
        select from pg_catalog.pg_attribute as a
        where a.attrelid = n.relid and a.attname = n.name and a.attnum > 0 and not a.attisdropped
    )
    union all
    select
        c.relid::pg_catalog.regclass::text, c.name,
        pg_catalog.format(
            'the trigger compares column %I with %L, which its type does not have: nothing is captured as it happens',
            c.name, pg_catalog.replace(c.label, $q$''$q$, $q$'$q$)
        ),
        'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the value''s new name'
    from compared as c
    where not exists (
        select from pg_catalog.pg_enum as e
        where c.type = e.enumtypid and e.enumlabel = pg_catalog.replace(c.label, $q$''$q$, $q$'$q$)
    )
    union all
    select
        v.shown, null,
        case
            when v.relid is null then pg_catalog.format('the view %s is missing', v.view_name)
            else
                pg_catalog.format(
                    'the view %s does not read it, but %s', v.view_name,
                    coalesce(
                        (
                            select pg_catalog.string_agg(distinct x.refobjid::pg_catalog.regclass::text, ', ')
                            from pg_catalog.pg_rewrite as w
                            inner join pg_catalog.pg_depend as x
                                on
                                    x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and x.objid = w.oid
                                    and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                    and x.refobjid <> v.relid
                            where w.ev_class = v.relid
                        ), 'nothing'
                    )
                )
        end,
        'autopost migrate'
    from views as v
    cross join detached as d
    where
        d.function is null
        and pg_catalog.to_regclass(v.qualified) is not null
        and not exists (
            select
            from pg_catalog.pg_rewrite as w
            inner join pg_catalog.pg_depend as x
                on
                    x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and x.objid = w.oid
                    and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    and x.refobjid = pg_catalog.to_regclass(v.qualified)
            where w.ev_class = v.relid
        )
    union all
    select v.shown, null, 'there is no such table: it was renamed, moved or dropped', r.remap
    from views as v
    cross join renamed as r
    where
        pg_catalog.to_regclass(v.qualified) is null
        and not exists (select from operations as o where o.qualified = v.qualified)
$$;

revoke execute on function {{ schema }}.auto_post_platform_changes() from public;

comment on function {{ schema }}.auto_post_platform_changes() is
'Changes of the platform''s tables since the migration that stop capturing or publishing, a row for each.';
