-- Part of auto_post_check: the functions that run with their owner's rights, and whether these are enough and not too
-- many.
create or replace function {{ schema }}.auto_post_check_functions()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with definers as (
        select
            n.signature, p.oid, p.prosecdef, r.oid as owner, r.rolname as owner_name, r.rolsuper,
            coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false) as is_pinned
        from (
            values
            ('{{ schema }}.auto_post_committed(text[])'),
            ('{{ schema }}.auto_post_compile_change()'),
            ('{{ schema }}.auto_post_reconcile(integer, integer)'),
            ('{{ schema }}.auto_post_expire(interval, integer)')
            union all
            select o.capture
            from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
        ) as n (signature)
        left join pg_catalog.pg_proc as p on p.oid = pg_catalog.to_regprocedure(n.signature)
        left join pg_catalog.pg_roles as r on p.proowner = r.oid
    ),

    needed (object, privilege) as (
        values
        ('{{ schema }}.auto_post_outbox', 'SELECT'),
        ('{{ schema }}.auto_post_outbox', 'INSERT'),
        ('{{ schema }}.auto_post_outbox', 'DELETE'),
        ('{{ schema }}.auto_post_tombstones', 'SELECT'),
        ('{{ schema }}.auto_post_tombstones', 'INSERT'),
        ('{{ schema }}.auto_post_rules', 'SELECT'),
        ('{{ schema }}.auto_post_control', 'SELECT'),
        ('{{ schema }}.auto_post_reconciliation', 'SELECT'),
        ('{{ schema }}.auto_post_reconciliation', 'UPDATE'),
        ('{{ schema }}.auto_post_not_captured', 'SELECT'),
        ('{{ schema }}.auto_post_not_captured', 'INSERT'),
        ('{{ schema }}.auto_post_not_captured', 'UPDATE'),
        ('{{ schema }}.auto_post_not_captured', 'DELETE'),
        ('{{ platform }}.operation_trackers', 'SELECT')
    ),

    owners as (
        select distinct d.owner, d.owner_name
        from definers as d
        where d.owner is not null
    ),

    lacking as (
        select
            o.owner_name,
            n.privilege || ' on ' || c.relname as lacks,
            pg_catalog.format('grant %s on %s to %I;', pg_catalog.lower(n.privilege), n.object, o.owner_name) as remedy
        from owners as o
        cross join needed as n
        inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(n.object)
        where not pg_catalog.has_table_privilege(o.owner, c.oid, n.privilege)
        union
        select
            o.owner_name,
            'USAGE on schema ' || n.schema_name,
            pg_catalog.format('grant usage on schema %s to %I;', n.schema_name, o.owner_name)
        from owners as o
        cross join (values ('{{ schema }}'), ('{{ platform }}')) as n (schema_name)
        where not pg_catalog.has_schema_privilege(o.owner, n.schema_name::pg_catalog.regnamespace, 'USAGE')
    ),

    -- The owner of the trackers' table decides on its policies, types and triggers, and so on what the functions call.
    higher as (
        select distinct
            d.owner_name, d.rolsuper, pg_catalog.pg_get_userbyid(c.relowner) as table_owner,
            c.oid::pg_catalog.regclass as trackers
        from definers as d
        left join pg_catalog.pg_trigger as t
            on t.tgfoid in {{ captures }} and t.tgparentid = 0
        left join pg_catalog.pg_class as c on t.tgrelid = c.oid
        where
            d.rolsuper
            or (c.relowner <> d.owner and not pg_catalog.pg_has_role(c.relowner, d.owner, 'MEMBER'))
    ),

    wrong (level, finding, advice) as (
        select
            'problem', d.signature || ' is missing',
            'autopost sql ' || pg_catalog.substring(d.signature, 'auto_post_\w+') || ' | psql "$DATABASE_URL"'
        from definers as d
        where d.oid is null
        union all
        select
            'problem', d.signature || ' does not run with its owner''s rights and a search_path of its own',
            'alter function ' || d.signature || ' security definer set search_path = pg_catalog, pg_temp;'
        from definers as d
        where not (d.prosecdef and d.is_pinned)
        union all
        select
            'problem',
            pg_catalog.format(
                '%s, who owns the functions, lacks %s', l.owner_name,
                pg_catalog.string_agg(l.lacks, ', ' order by l.lacks)
            ),
            pg_catalog.string_agg(l.remedy, ' ' order by l.remedy)
        from lacking as l
        group by l.owner_name
        union all
        select distinct
            'problem',
            case
                when h.rolsuper then pg_catalog.format('%s, who owns the functions, is a superuser', h.owner_name)
                else
                    pg_catalog.format(
                        'the functions run with rights of %s which %s, who owns %s, does not have',
                        h.owner_name, h.table_owner, h.trackers
                    )
            end,
            pg_catalog.format(
                'select format(''alter %%s owner to %s'', o.name) from '
                '(select ''table '' || oid::regclass from pg_class where relkind in (''r'', ''v'') '
                'and relnamespace = ''{{ schema }}''::regnamespace and relname like ''auto\_post\_%%'' '
                'union all select ''function '' || oid::regprocedure from pg_proc '
                'where pronamespace = ''{{ schema }}''::regnamespace and proname like ''auto\_post\_%%'') '
                'as o (name) \gexec', case when h.rolsuper then 'THE_OWNER_OF_YOUR_TABLES' else h.table_owner end
            )
        from higher as h
    )

    select w.level, 'functions', w.finding, w.advice
    from wrong as w
    union all
    select
        'ok', 'functions',
        'the trigger''s, the reconciler''s and retention''s run as '
        || (select pg_catalog.string_agg(distinct d.owner_name, ', ') from definers as d), null
    where not exists (select from wrong)
$$;

revoke execute on function {{ schema }}.auto_post_check_functions() from public;

comment on function {{ schema }}.auto_post_check_functions() is
'Part of auto_post_check: the functions that run with their owner''s rights, and these rights.';
