-- The self-check, the range of workers that this schema serves, and what a mapping of the platform changes.

-- Which workers this schema serves. Exactly one row, written by migrations.
create table {{ schema }}.auto_post_compatibility (
    only_row boolean not null default true,
    oldest_worker text not null,
    constraint auto_post_compatibility_pkey primary key (only_row),
    constraint auto_post_compatibility_only_row_check check (only_row)
);

insert into {{ schema }}.auto_post_compatibility (oldest_worker) values ('0004_checks');

comment on table {{ schema }}.auto_post_compatibility is
'Which workers this schema serves. A migration that only adds leaves the row as it is, so that older workers go on '
'while the newer ones are rolled out.';
comment on column {{ schema }}.auto_post_compatibility.oldest_worker is
'The revision that belongs to the oldest version of autopost whose workers still work with this schema.';

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
        where c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v', 'f')
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
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relkind = 'r'
        and c.relname in ('agents', 'operation_trackers')
        and not exists (
            select from pg_catalog.pg_index as i
            inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
            where
                i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attname = 'id'
        )
    union
    select 'operation_trackers', 'it is no table but a view or a foreign table, which can have no such trigger'
    from pg_catalog.pg_class as c
    where c.oid = pg_catalog.to_regclass('{{ trackers }}') and c.relkind not in ('r', 'p')
    union
    select c.relname, 'it is a view that takes no INSERT: make an INSTEAD OF INSERT trigger on it'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relkind = 'v'
        and c.relname in ('social_posts', 'audit_log')
        and pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 = 0
    order by 1, 2
$$;

revoke execute on function {{ schema }}.auto_post_host_problems() from public;

comment on function {{ schema }}.auto_post_host_problems() is
'What the tables of the platform lack for autopost to work, a row for each problem.';

-- Part of auto_post_check: who did something from SQL last, and at what time, as the audit log has it; NULL where that
-- is not known, may not be read, or would mean to read a large table through.
create or replace function {{ schema }}.auto_post_check_by(p_action text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_found text;
begin
    if not exists (
        select
        from pg_catalog.pg_class as c
        where
            c.oid = pg_catalog.to_regclass('{{ schema }}.audit_log') and c.relkind in ('r', 'p')
            and (
                c.relpages < 5000
                or exists (
                    select from pg_catalog.pg_index as i
                    inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
                    where i.indrelid = c.oid and a.attname = 'occurred_at'
                )
            )
    ) then
        return null;
    end if;
    select pg_catalog.format(' by %s since %s', l.details ->> 'by', pg_catalog.date_trunc('second', l.occurred_at))
    into v_found
    from {{ schema }}.audit_log as l
    where l.action = 'auto_post.' || p_action and l.occurred_at > pg_catalog.now() - interval '30 days'
    order by l.occurred_at desc
    limit 1;
    return v_found;
exception
    when others then
        return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_check_by(text) from public;

comment on function {{ schema }}.auto_post_check_by(text) is
'Part of auto_post_check: who paused or switched last, and at what time.';

-- Part of auto_post_check: the server, and the settings that autopost lives on.
create or replace function {{ schema }}.auto_post_check_server()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        case when s.major between 15 and 18 then 'ok' when s.major > 18 then 'warning' else 'problem' end,
        'server version',
        'PostgreSQL ' || pg_catalog.current_setting('server_version')
        || case when s.major between 15 and 18 then '' else ', where autopost is made for 15 to 18' end,
        case when s.major > 18 then 'pip install --upgrade autopost' when s.major < 15 then 'pg_upgrade' end
    from (select pg_catalog.current_setting('server_version_num')::integer / 10000 as major) as s
    union all
    select
        case when r.in_recovery or r.read_only then 'problem' else 'ok' end,
        'writable',
        case
            when r.in_recovery then 'in recovery: this is a standby, on which nothing is captured or posted'
            when r.read_only then 'transactions are read-only here (default_transaction_read_only)'
            else 'the primary'
        end,
        case
            when r.in_recovery then
                'export DATABASE_URL=''postgresql://.../...?target_session_attrs=read-write''  # name all servers in it'
            when r.read_only then
                pg_catalog.format(
                    'alter database %I set default_transaction_read_only = off;', pg_catalog.current_database()
                )
        end
    from (
        select
            pg_catalog.pg_is_in_recovery() as in_recovery,
            pg_catalog.current_setting('default_transaction_read_only')::boolean as read_only
    ) as r
    union all
    select
        case when v.off is null then 'ok' else 'warning' end,
        'vacuum',
        case
            when v.off is null then 'autovacuum is on'
            else 'off, so that the outbox only grows: ' || v.off
        end,
        v.advice
    from (
        select
            pg_catalog.string_agg(o.what, ', ' order by o.what) as off,
            pg_catalog.string_agg(o.advice, ' ' order by o.what) as advice
        from (
            select g.name, pg_catalog.format('alter system set %s = on; select pg_reload_conf();', g.name)
            from (values ('autovacuum'), ('track_counts')) as g (name)
            where not pg_catalog.current_setting(g.name)::boolean
            union all
            select 'autovacuum_enabled of ' || c.relname,
                pg_catalog.format('alter table %s reset (autovacuum_enabled);', c.oid::pg_catalog.regclass)
            from pg_catalog.pg_class as c
            cross join pg_catalog.pg_options_to_table(c.reloptions) as p
            where
                c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
                and c.relname like 'auto\_post\_%'
                and p.option_name = 'autovacuum_enabled'
                and not p.option_value::boolean
        ) as o (what, advice)
    ) as v
    union all
    select
        case when q.usage >= 0.8 then 'problem' when q.usage >= 0.3 then 'warning' else 'ok' end,
        'notify queue',
        pg_catalog.format(
            '%s %% full%s', pg_catalog.round((100 * q.usage)::numeric, 1),
            case when q.usage >= 0.8 then ': nobody is woken any more, and workers only poll' else '' end
        ),
        case
            when q.usage >= 0.3 then
                'select pid, usename, application_name, xact_start from pg_stat_activity '
                'where xact_start is not null order by xact_start;  -- a listener in a long transaction: end it'
        end
    from (select pg_catalog.pg_notification_queue_usage() as usage) as q
$$;

revoke execute on function {{ schema }}.auto_post_check_server() from public;

comment on function {{ schema }}.auto_post_check_server() is
'Part of auto_post_check: the server, and the settings that autopost lives on.';

-- Part of auto_post_check: what keeps vacuum from removing dead rows of the outbox for longer than p_older. The time of
-- other roles' transactions is seen by those who may (pg_read_all_stats); for the rest their age in p_xids counts.
create or replace function {{ schema }}.auto_post_check_held_back(
    p_older interval default '1 hour',
    p_xids integer default 1000000
)
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with holders (finding, advice) as (
        select
            pg_catalog.format(
                'a transaction of %s (pid %s%s), %s', a.usename, a.pid, ', ' || nullif(a.application_name, ''),
                coalesce(
                    'open for ' || pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
                    'open for ' || greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid))::text
                    || ' transactions'
                )
            ),
            pg_catalog.format('select pg_terminate_backend(%s);', a.pid)
        from pg_catalog.pg_stat_activity as a
        where
            a.pid <> pg_catalog.pg_backend_pid()
            and (a.datname = pg_catalog.current_database() or a.backend_type = 'walsender')
            and (a.backend_xmin is not null or a.backend_xid is not null)
            and coalesce(
                pg_catalog.clock_timestamp() - a.xact_start > p_older,
                greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) > p_xids
            )
        union all
        select
            pg_catalog.format(
                'a prepared transaction of %s, since %s', x.owner, pg_catalog.date_trunc('second', x.prepared)
            ),
            pg_catalog.format('rollback prepared %L;  -- or commit', x.gid)
        from pg_catalog.pg_prepared_xacts as x
        where
            x.database = pg_catalog.current_database()
            and pg_catalog.clock_timestamp() - x.prepared > p_older
        union all
        select
            pg_catalog.format(
                'replication slot %s, %s, %s transactions behind', s.slot_name,
                case when s.active then 'in use' else 'which nobody uses' end,
                greatest(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin))
            ),
            pg_catalog.format('select pg_drop_replication_slot(%L);  -- unless its reader comes back', s.slot_name)
        from pg_catalog.pg_replication_slots as s
        where greatest(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin)) > p_xids
    )

    select 'warning', 'held back', 'vacuum removes nothing that is younger than ' || h.finding, h.advice
    from holders as h
    union all
    select 'ok', 'held back', 'nothing keeps vacuum from its work for longer than ' || p_older::text, null
    where not exists (select from holders)
$$;

revoke execute on function {{ schema }}.auto_post_check_held_back(interval, integer) from public;

comment on function {{ schema }}.auto_post_check_held_back(interval, integer) is
'Part of auto_post_check: transactions and replication slots that keep vacuum from the outbox''s dead rows.';

-- Part of auto_post_check: the revision, and whether the platform's tables fit. The table of the revision is Alembic's.
create or replace function {{ schema }}.auto_post_check_schema()
returns table (level text, subject text, finding text, advice text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        case when pg_catalog.count(*) = 1 then 'ok' else 'problem' end,
        'revision',
        coalesce(pg_catalog.string_agg(v.version_num, ', '), 'auto_post_schema_version is empty'),
        case when pg_catalog.count(*) <> 1 then 'autopost migrate' end
    from {{ schema }}.auto_post_schema_version as v
    union all
    select
        'problem', 'platform''s tables', p.table_name || ': ' || p.problem,
        case
            when p.problem ~ '^column \w+ is missing$' then
                pg_catalog.format(
                    'alter table {{ schema }}.%I add column %s %s;',
                    p.table_name, pg_catalog.split_part(p.problem, ' ', 2),
                    case
                        when p.problem ~ '^column \w+_at ' then 'timestamptz'
                        when p.problem ~ '^column (\w+_metadata|details) ' then 'jsonb'
                        when p.problem ~ '^column progress ' then 'integer'
                        when p.problem ~ '^column auto_generated ' then 'boolean'
                        else 'text'
                    end
                )
            else 'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # or change the table'
        end
    from {{ schema }}.auto_post_host_problems() as p
    union all
    select 'ok', 'platform''s tables', 'agents, operation_trackers, social_posts and audit_log fit', null
    where not exists (select from {{ schema }}.auto_post_host_problems());
end
$$;

revoke execute on function {{ schema }}.auto_post_check_schema() from public;

comment on function {{ schema }}.auto_post_check_schema() is
'Part of auto_post_check: the revision, and whether the platform''s tables fit.';

-- Part of auto_post_check: the trigger on the platform's table of operations. It is known by its function, as the table
-- may be the platform's own under another name. Of a partitioned table each partition has a copy of it.
create or replace function {{ schema }}.auto_post_check_trigger()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with triggers as (
        select
            t.tgname, t.tgenabled, t.tgparentid = 0 as is_own, t.tgrelid,
            t.tgrelid::pg_catalog.regclass::text as table_name,
            t.tgtype::integer as kind,
            t.tgqual is not null as has_condition,
            array(
                select pg_catalog.quote_ident(a.attname)
                from pg_catalog.pg_attribute as a
                where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr::smallint[])
            ) as columns
        from pg_catalog.pg_trigger as t
        where t.tgfoid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_capture()')
    ),

    expected as (
        select
            pg_catalog.to_regclass('{{ trackers }}') as relid,
            array(
                select pg_catalog.quote_ident(pg_catalog.btrim(c.name, ' "'))
                from pg_catalog.string_to_table('{{ status_columns }}', ',') as c (name)
            ) as columns,
            'create or replace trigger auto_post_capture after insert or update of {{ status_columns }} '
            'on {{ trackers }} for each row execute function {{ schema }}.auto_post_capture();' as remedy
    ),

    wrong (finding, advice) as (
        select '{{ trackers }} has no trigger: changes are not captured as they happen', e.remedy
        from expected as e
        where not exists (select from triggers as t where t.tgrelid = e.relid)
        union all
        select
            'it is on ' || t.table_name || ' instead of {{ trackers }}',
            pg_catalog.format('drop trigger %I on %s;', t.tgname, t.table_name)
        from triggers as t
        cross join expected as e
        where t.is_own and t.tgrelid is distinct from e.relid
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
        cross join expected as e
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
    cross join expected as e
    where t.is_own and not exists (select from wrong)
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
            ('{{ schema }}.auto_post_capture()'),
            ('{{ schema }}.auto_post_reconcile(integer, integer)'),
            ('{{ schema }}.auto_post_expire(interval, integer)')
        ) as n (signature)
        left join pg_catalog.pg_proc as p on p.oid = pg_catalog.to_regprocedure(n.signature)
        left join pg_catalog.pg_roles as r on p.proowner = r.oid
    ),

    needed (object, privilege) as (
        values
        ('auto_post_outbox', 'SELECT'),
        ('auto_post_outbox', 'INSERT'),
        ('auto_post_outbox', 'DELETE'),
        ('auto_post_seen', 'SELECT'),
        ('auto_post_seen', 'INSERT'),
        ('auto_post_rules', 'SELECT'),
        ('auto_post_control', 'SELECT'),
        ('auto_post_reconciliation', 'SELECT'),
        ('auto_post_reconciliation', 'UPDATE'),
        ('operation_trackers', 'SELECT')
    ),

    lacking as (
        select
            o.owner_name,
            n.privilege || ' on ' || n.object as lacks,
            pg_catalog.format(
                'grant %s on {{ schema }}.%I to %I;', pg_catalog.lower(n.privilege), n.object, o.owner_name
            ) as remedy
        from (select distinct d.owner, d.owner_name from definers as d where d.owner is not null) as o
        cross join needed as n
        inner join pg_catalog.pg_class as c
            on n.object = c.relname and c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        where not pg_catalog.has_table_privilege(o.owner, c.oid, n.privilege)
        union all
        select
            o.owner_name,
            'USAGE on schema {{ schema }}',
            pg_catalog.format('grant usage on schema {{ schema }} to %I;', o.owner_name)
        from (select distinct d.owner, d.owner_name from definers as d where d.owner is not null) as o
        where not pg_catalog.has_schema_privilege(o.owner, '{{ schema }}'::pg_catalog.regnamespace, 'USAGE')
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
        select
            'warning', pg_catalog.format('%s, who owns the functions, is a superuser', d.owner_name),
            'select format(''alter %s owner to THE_OWNER_OF_YOUR_TABLES'', o.name) from '
            '(select ''table '' || oid::regclass from pg_class where relkind in (''r'', ''v'') '
            'and relnamespace = ''{{ schema }}''::regnamespace and relname like ''auto\_post\_%'' '
            'union all select ''function '' || oid::regprocedure from pg_proc '
            'where pronamespace = ''{{ schema }}''::regnamespace and proname like ''auto\_post\_%'') as o (name) \gexec'
        from definers as d
        where d.rolsuper
        group by d.owner_name
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

-- Part of auto_post_check: what a DBA switched: capturing, claiming, the way in which workers are woken, and the rules.
create or replace function {{ schema }}.auto_post_check_switches()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        case when c.capture_enabled then 'ok' when c.capture_enabled is null then 'problem' else 'warning' end,
        'capture',
        case
            when c.capture_enabled then 'switched on'
            when c.capture_enabled is null then
                'auto_post_control has lost its row: nothing is captured and nothing claimed'
            else
                'switched off' || coalesce({{ schema }}.auto_post_check_by('capture_off'), '')
                || ': what ends now is left alone for good'
        end,
        case
            when c.capture_enabled is null then 'insert into {{ schema }}.auto_post_control default values;'
            when not c.capture_enabled then 'select {{ schema }}.auto_post_capture_on();'
        end
    from (values (true)) as one (is_there)
    left join {{ schema }}.auto_post_control as c on one.is_there
    union all
    select
        'warning', 'pause',
        'claiming is paused' || coalesce({{ schema }}.auto_post_check_by('pause'), ''),
        'select {{ schema }}.auto_post_resume();'
    from {{ schema }}.auto_post_control as c
    where c.paused
    union all
    (
        select
            'warning', 'pause',
            pg_catalog.format(
                '%s %s is paused by %s since %s', pg_catalog.replace(p.kind, '_', ' '), p.value, p.paused_by,
                pg_catalog.date_trunc('second', p.paused_at)
            ),
            pg_catalog.format('select {{ schema }}.auto_post_resume(%L, %L);', p.kind, p.value)
        from {{ schema }}.auto_post_pauses as p
        order by p.paused_at
        limit 20
    )
    union all
    select
        'warning', 'pause', pg_catalog.format('%s more agents or operation types are paused', pg_catalog.count(*) - 20),
        'select * from {{ schema }}.auto_post_pauses order by paused_at;'
    from {{ schema }}.auto_post_pauses as p
    having pg_catalog.count(*) > 20
    union all
    select 'ok', 'pause', 'nothing is paused', null
    where
        not exists (select from {{ schema }}.auto_post_pauses)
        and not exists (select from {{ schema }}.auto_post_control as c where c.paused)
    union all
    select
        case
            when not w.is_at_odds then 'ok'
            when exists (
                select from pg_catalog.pg_prepared_xacts as x where x.database = pg_catalog.current_database()
            ) then 'problem'
            else 'warning'
        end,
        'wake-up',
        w.wakeup
        || case
            when w.is_at_odds then
                ', and max_prepared_transactions is above 0: a transaction that rang cannot be prepared'
            else ''
        end,
        case when w.is_at_odds then 'update {{ schema }}.auto_post_control set wakeup = ''poll'';' end
    from (
        select
            c.wakeup,
            c.wakeup <> 'poll' and pg_catalog.current_setting('max_prepared_transactions')::integer > 0 as is_at_odds
        from {{ schema }}.auto_post_control as c
    ) as w
    union all
    select
        case when r.enabled > 0 then 'ok' else 'warning' end, 'rules',
        case
            when r.enabled > 0 then pg_catalog.format('%s of %s are on', r.enabled, r.known)
            when r.known > 0 then 'none is on, so that no operation is significant'
            else 'there is none, so that no operation is significant'
        end,
        case
            when r.enabled > 0 then null
            when r.known > 0 then
                'select {{ schema }}.auto_post_switch_rule(id, true) from {{ schema }}.auto_post_rules;'
            else 'select {{ schema }}.auto_post_add_rule(''workflow_execute'', ''completed'');'
        end
    from (
        select pg_catalog.count(*) filter (where a.enabled) as enabled, pg_catalog.count(*) as known
        from {{ schema }}.auto_post_rules as a
    ) as r
$$;

revoke execute on function {{ schema }}.auto_post_check_switches() from public;

comment on function {{ schema }}.auto_post_check_switches() is
'Part of auto_post_check: capturing, pauses, the way in which workers are woken, and the rules.';

-- Part of auto_post_check: what waits, what nobody rescues, what died, what is parked, and what is kept too long.
-- Reads the two partial indexes: what is unfinished, and what ended in the last day.
create or replace function {{ schema }}.auto_post_check_outbox(p_keep interval)
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with unfinished as (
        select
            pg_catalog.count(*) filter (where o.available_at < 'infinity') as waiting,
            pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - pg_catalog.min(o.captured_at) filter (
                where o.available_at < 'infinity'
            )) as age,
            pg_catalog.clock_timestamp() - pg_catalog.min(o.available_at) filter (
                where o.state = 'pending' and o.available_at < 'infinity'
            ) as overdue,
            pg_catalog.count(*) filter (
                where o.state = 'claimed' and o.available_at < pg_catalog.clock_timestamp() - interval '1 minute'
            ) as stuck,
            pg_catalog.count(*) filter (where o.available_at = 'infinity') as parked,
            pg_catalog.count(*) filter (
                where
                o.available_at = 'infinity'
                and not exists (
                    select from {{ schema }}.auto_post_pauses as p
                    where p.value = case p.kind when 'agent' then o.agent_id else o.operation_type end
                )
            ) as forgotten
        from {{ schema }}.auto_post_outbox as o
        where o.state in ('pending', 'claimed')
    ),

    control as (
        select pg_catalog.bool_or(c.paused) as is_paused from {{ schema }}.auto_post_control as c
    ),

    dead as (
        select pg_catalog.sum(d.operations) as operations, pg_catalog.string_agg(
            pg_catalog.format('%s %s', d.operations, d.last_error), ', ' order by d.operations desc
        ) as errors
        from (
            select o.last_error, pg_catalog.count(*) as operations
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at > pg_catalog.now() - interval '1 day' and o.state = 'dead'
            group by o.last_error
        ) as d
    ),

    oldest as (
        select pg_catalog.min(o.finished_at) as finished_at
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at is not null
    )

    select
        case
            when coalesce(u.overdue < interval '1 minute', true) then 'ok'
            when u.overdue < interval '10 minutes' or c.is_paused then 'warning'
            else 'problem'
        end,
        'waiting',
        case
            when u.waiting = 0 then 'nothing'
            else pg_catalog.format('%s, the oldest for %s', u.waiting, u.age)
        end,
        case
            when u.overdue < interval '1 minute' then null
            when c.is_paused then 'select {{ schema }}.auto_post_resume();'
            when u.overdue is not null then 'autopost run  # one more; what it is about: autopost sql waiting'
        end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.stuck = 0 then 'ok' when c.is_paused then 'warning' else 'problem' end, 'stuck',
        case
            when u.stuck = 0 then 'nothing'
            else pg_catalog.format('%s held by workers that are gone, and nobody took over', u.stuck)
        end,
        case when u.stuck > 0 then 'autopost run  # which they are: autopost sql stuck' end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.forgotten > 0 then 'problem' when u.parked > 0 then 'warning' else 'ok' end, 'parked',
        case
            when u.forgotten > 0 then pg_catalog.format('%s without a pause that holds them', u.forgotten)
            when u.parked > 0 then pg_catalog.format('%s until their pauses end', u.parked)
            else 'nothing'
        end,
        case
            when u.forgotten > 0 then
                'update {{ schema }}.auto_post_outbox set available_at = captured_at '
                'where state = ''pending'' and available_at = ''infinity'';'
            when u.parked > 0 then
                'select {{ schema }}.auto_post_resume(kind, value) from {{ schema }}.auto_post_pauses;'
        end
    from unfinished as u
    union all
    select
        case when d.operations > 0 then 'warning' else 'ok' end, 'dead letters',
        coalesce('in the last day: ' || d.errors, 'none in the last day'),
        case
            when d.operations > 0 then
                'select {{ schema }}.auto_post_retry_all();  -- first: select * from {{ schema }}.auto_post_dead'
        end
    from dead as d
    union all
    select
        case when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then 'warning' else 'ok' end,
        'retention',
        case
            when o.finished_at is null then 'nothing has finished'
            else pg_catalog.format(
                'the oldest finished row is of %s, and they are to stay for %s',
                pg_catalog.date_trunc('second', o.finished_at), p_keep
            )
        end,
        case
            when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then
                pg_catalog.format('select {{ schema }}.auto_post_expire(%L, 100000);', p_keep)
        end
    from oldest as o
$$;

revoke execute on function {{ schema }}.auto_post_check_outbox(interval) from public;

comment on function {{ schema }}.auto_post_check_outbox(interval) is
'Part of auto_post_check: what waits, is stuck, died, is parked or is kept longer than p_keep.';

-- Part of auto_post_check: the workers, and the reconciler that they run.
create or replace function {{ schema }}.auto_post_check_workers()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with workers as (
        select
            pg_catalog.count(*) filter (where w.last_seen_at > pg_catalog.now() - interval '1 minute') as alive,
            pg_catalog.string_agg(distinct w.version, ', ') filter (
                where w.last_seen_at > pg_catalog.now() - interval '1 minute'
            ) as versions,
            pg_catalog.max(w.last_seen_at) as last_seen_at,
            pg_catalog.min(w.started_at) filter (where w.last_seen_at > pg_catalog.now() - interval '1 minute')
                as started_at,
            exists (
                select from {{ schema }}.auto_post_outbox as o
                where o.state in ('pending', 'claimed') and o.available_at < 'infinity'
            ) as rows_wait
        from {{ schema }}.auto_post_workers as w
    ),

    reconciler as (
        select
            r.since is not null as is_there, r.last_run_at, r.last_round_at,
            (select pg_catalog.bool_or(c.capture_enabled) from {{ schema }}.auto_post_control as c)
            and w.started_at < pg_catalog.now() - interval '1 hour' as should_run
        from workers as w
        left join {{ schema }}.auto_post_reconciliation as r on true
    )

    select
        case when w.alive > 0 then 'ok' when w.rows_wait then 'problem' else 'warning' end, 'workers',
        case
            when w.alive > 0 then pg_catalog.format('%s alive (%s)', w.alive, w.versions)
            else
                'none is alive'
                || coalesce('; the last was seen at ' || pg_catalog.date_trunc('second', w.last_seen_at)::text, '')
                || case when w.rows_wait then ', and rows wait' else '' end
        end,
        case when w.alive = 0 then 'autopost run' end
    from workers as w
    union all
    select
        case
            when not r.is_there then 'problem'
            when
                r.should_run
                and (
                    coalesce(r.last_run_at, '-infinity') < pg_catalog.now() - interval '1 hour'
                    or coalesce(r.last_round_at, '-infinity') < pg_catalog.now() - interval '1 day'
                )
                then 'warning'
            else 'ok'
        end,
        'reconciler',
        case
            when not r.is_there then 'auto_post_reconciliation has lost its row: what the trigger misses is not found'
            when r.last_run_at is null then 'has not run yet'
            else pg_catalog.format(
                'last ran at %s, last came to the end of operation_trackers %s',
                pg_catalog.date_trunc('second', r.last_run_at),
                coalesce('at ' || pg_catalog.date_trunc('second', r.last_round_at)::text, 'never')
            )
        end,
        case
            when not r.is_there then 'insert into {{ schema }}.auto_post_reconciliation default values;'
            when
                r.should_run
                and (
                    coalesce(r.last_run_at, '-infinity') < pg_catalog.now() - interval '1 hour'
                    or coalesce(r.last_round_at, '-infinity') < pg_catalog.now() - interval '1 day'
                )
                then 'autopost reconcile --all'
        end
    from reconciler as r
$$;

revoke execute on function {{ schema }}.auto_post_check_workers() from public;

comment on function {{ schema }}.auto_post_check_workers() is
'Part of auto_post_check: the workers, and the reconciler that they run.';

-- Part of auto_post_check: what PUBLIC and the two groups may do here, held against sql/roles/grants.sql.
create or replace function {{ schema }}.auto_post_check_rights()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with intended (group_name, privilege, objects) as (
        values
        (
            'auto_post_worker', 'SELECT',
            'agents auto_post_schema_version auto_post_compatibility auto_post_control auto_post_seen auto_post_pauses '
            'auto_post_outbox auto_post_rate_limits auto_post_workers auto_post_rules auto_post_reconciliation'
        ),
        ('auto_post_worker', 'INSERT', 'auto_post_rate_limits auto_post_workers social_posts audit_log'),
        (
            'auto_post_worker', 'UPDATE',
            'auto_post_pauses auto_post_outbox auto_post_rate_limits auto_post_workers'
        ),
        ('auto_post_worker', 'DELETE', 'auto_post_workers'),
        ('auto_post_worker', 'EXECUTE', 'auto_post_host_problems auto_post_reconcile auto_post_expire'),
        (
            'auto_post_reader', 'SELECT',
            'agents social_posts audit_log auto_post_schema_version auto_post_compatibility auto_post_rules '
            'auto_post_control auto_post_pauses auto_post_workers auto_post_rate_limits auto_post_reconciliation '
            'auto_post_seen auto_post_health auto_post_dead auto_post_stuck auto_post_skips auto_post_mapping'
        ),
        ('auto_post_reader', 'EXECUTE', 'auto_post_host_problems auto_post_outbox_id auto_post_story')
    ),

    groups as (
        select r.oid, r.rolname as name
        from pg_catalog.pg_roles as r
        where r.rolname in ('auto_post_worker', 'auto_post_reader')
    ),

    objects as (
        select
            c.relname as name, c.relacl as acl, c.oid::pg_catalog.regclass::text as shown, '' as kind
        from pg_catalog.pg_class as c
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relkind in ('r', 'p', 'v', 'S', 'f')
            and (
                c.relname like 'auto\_post\_%'
                or c.relname in ('agents', 'operation_trackers', 'social_posts', 'audit_log')
            )
        union all
        select
            p.proname, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
            p.oid::pg_catalog.regprocedure::text, 'function '
        from pg_catalog.pg_proc as p
        where p.pronamespace = '{{ schema }}'::pg_catalog.regnamespace and p.proname like 'auto\_post\_%'
    ),

    given as (
        select o.name, o.shown, o.kind, a.grantee, a.privilege_type as privilege
        from objects as o
        cross join pg_catalog.aclexplode(o.acl) as a
        where a.grantee = 0 or a.grantee in (select g.oid from groups as g)
        union all
        select c.relname, c.oid::pg_catalog.regclass::text, '', a.grantee, a.privilege_type || ' (' || t.attname || ')'
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and t.attacl is not null
        cross join pg_catalog.aclexplode(t.attacl) as a
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relname like 'auto\_post\_%'
            and (a.grantee = 0 or a.grantee in (select g.oid from groups as g))
            -- What a reader is to see of the outbox: all but the raw text.
            and not (
                a.grantee in (select g.oid from groups as g where g.name = 'auto_post_reader')
                and c.relname = 'auto_post_outbox'
                and a.privilege_type = 'SELECT'
                and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
            )
    ),

    public as (
        select
            g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from public;', g.privilege, g.kind, g.shown) as remedy
        from given as g
        where g.grantee = 0 and g.name like 'auto\_post\_%'
    ),

    beyond as (
        select
            r.name as group_name, g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from %s;', g.privilege, g.kind, g.shown, r.name)
            -- That takes the columns away too, which a reader is to see.
            || case
                when r.name = 'auto_post_reader' and g.privilege = 'SELECT' and g.name = 'auto_post_outbox' then
                    pg_catalog.format(' grant select (%s) on %s to auto_post_reader;', (
                        select pg_catalog.string_agg(t.attname, ', ' order by t.attnum)
                        from pg_catalog.pg_attribute as t
                        where
                            t.attrelid = pg_catalog.to_regclass('{{ schema }}.auto_post_outbox')
                            and t.attnum > 0 and not t.attisdropped
                            and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
                    ), g.shown)
                else ''
            end as remedy
        from given as g
        inner join groups as r on g.grantee = r.oid
        where
            g.name not like 'auto\_post\_check%'
            and not exists (
                select from intended as i
                where
                    i.group_name = r.name and i.privilege = g.privilege
                    and g.name = any(pg_catalog.string_to_array(i.objects, ' '))
            )
    ),

    below as (
        select i.group_name, i.privilege || ' on ' || n.name as what
        from intended as i
        cross join pg_catalog.string_to_table(i.objects, ' ') as n (name)
        inner join groups as r on i.group_name = r.name
        inner join objects as o on n.name = o.name
        where not exists (
            select from given as g where g.grantee = r.oid and g.privilege = i.privilege and g.shown = o.shown
        )
        union all
        select r.name, 'EXECUTE on ' || o.name
        from groups as r
        cross join objects as o
        where
            o.name like 'auto\_post\_check%'
            and not exists (select from given as g where g.grantee = r.oid and g.shown = o.shown)
        union all
        select 'auto_post_reader', 'SELECT (' || t.attname || ') on auto_post_outbox'
        from pg_catalog.pg_attribute as t
        inner join groups as r on r.name = 'auto_post_reader'
        where
            t.attrelid = pg_catalog.to_regclass('{{ schema }}.auto_post_outbox')
            and t.attnum > 0 and not t.attisdropped
            and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
            and not pg_catalog.has_column_privilege(r.oid, t.attrelid, t.attnum, 'SELECT')
    )

    select
        case when pg_catalog.count(*) = 0 then 'ok' else 'problem' end, 'rights of PUBLIC',
        coalesce(pg_catalog.string_agg(p.what, ', ' order by p.what), 'none on what is autopost''s'),
        pg_catalog.string_agg(p.remedy, ' ' order by p.what)
    from public as p
    union all
    select
        case
            when not coalesce(g.has_any, false) then case n.name when 'auto_post_worker' then 'warning' else 'ok' end
            when m.what is null and b.what is null then 'ok'
            when b.what is not null then 'problem'
            else 'warning'
        end,
        'rights of ' || n.name,
        case
            when not coalesce(g.has_any, false) then
                case when g.has_any is null then 'there is no such role' else 'none in this schema' end
                || case n.name when 'auto_post_worker' then ': workers run with the rights of others' else '' end
            when m.what is null and b.what is null then 'as autopost sql grants gives them'
            else pg_catalog.concat_ws('; ', 'lacks ' || b.what, 'has beyond what it needs ' || m.what)
        end,
        case
            when not coalesce(g.has_any, false) and n.name = 'auto_post_reader' then null
            when not coalesce(g.has_any, false) or b.what is not null then
                pg_catalog.concat_ws(' ', 'autopost sql grants | psql "$DATABASE_URL"', '# and: ' || m.remedy)
            else m.remedy
        end
    from (values ('auto_post_worker'), ('auto_post_reader')) as n (name)
    left join (
        select r.name, exists (select from given as h where h.grantee = r.oid) as has_any
        from groups as r
    ) as g on n.name = g.name
    left join (
        select
            e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what,
            pg_catalog.string_agg(e.remedy, ' ' order by e.what) as remedy
        from beyond as e
        group by e.group_name
    ) as m on n.name = m.group_name
    left join (
        select e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what
        from below as e
        group by e.group_name
    ) as b on n.name = b.group_name
$$;

revoke execute on function {{ schema }}.auto_post_check_rights() from public;

comment on function {{ schema }}.auto_post_check_rights() is
'Part of auto_post_check: the rights of PUBLIC and of the groups auto_post_worker and auto_post_reader.';

-- Part of auto_post_check: row-level security, which hides rows without an error. It concerns who reads or writes the
-- platform's tables for autopost: the reconciler's owner reads operations; the workers' roles read agents and insert
-- posts and audit rows; where a mapping made views of them, the views' owner does. The trigger itself reads none.
create or replace function {{ schema }}.auto_post_check_row_security()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive workers as (
        select r.oid
        from pg_catalog.pg_roles as r
        inner join pg_catalog.pg_roles as g on g.rolname = 'auto_post_worker'
        where
            r.rolcanlogin
            and case -- a superuser has every role
                when r.rolsuper then exists (
                    select from pg_catalog.pg_auth_members as m where m.roleid = g.oid and m.member = r.oid
                )
                else pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE')
            end
            and pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')
        union
        select a.usesysid
        from pg_catalog.pg_stat_activity as a
        where a.application_name = 'autopost worker' and a.datname = pg_catalog.current_database()
    ),

    uses (name, command, role, effect) as (
        select 'operation_trackers', 'select', p.proowner, 'what the trigger misses is never found'
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)')
        union all
        select u.name, u.command, w.role, u.effect
        from (
            values
            ('agents', 'select', 'every agent is unknown and nothing is posted'),
            ('social_posts', 'insert', 'posts are refused'),
            ('audit_log', 'insert', 'outcomes are refused, rows tried again for ever')
        ) as u (name, command, effect)
        cross join (
            select w.oid as role from workers as w
            union all
            select coalesce(
                (select g.oid from pg_catalog.pg_roles as g where g.rolname = 'auto_post_worker'),
                (select p.proowner from pg_catalog.pg_proc as p
                where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)'))
            )
            where not exists (select from workers)
        ) as w
    ),

    -- Through views to the tables, with the role as which they are reached.
    reached (name, command, role, effect, relid) as (
        select u.name, u.command, u.role, u.effect, pg_catalog.to_regclass('{{ schema }}.' || u.name)::oid
        from uses as u
        union
        select
            r.name, r.command,
            coalesce(
                (
                    select f.proowner
                    from pg_catalog.pg_trigger as t
                    inner join pg_catalog.pg_proc as f on t.tgfoid = f.oid and f.prosecdef
                    where r.command = 'insert' and t.tgrelid = v.oid and t.tgtype & 68 = 68 -- instead of insert
                    limit 1
                ),
                case
                    when exists (
                        select from pg_catalog.pg_options_to_table(v.reloptions) as x
                        where x.option_name = 'security_invoker' and x.option_value::boolean
                    ) then r.role
                    else v.relowner
                end
            ),
            r.effect, d.refobjid
        from reached as r
        inner join pg_catalog.pg_class as v on r.relid = v.oid and v.relkind = 'v'
        inner join pg_catalog.pg_rewrite as w on v.oid = w.ev_class
        inner join pg_catalog.pg_depend as d
            on
                d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and w.oid = d.objid
                and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> v.oid
    ),

    tables as (
        select distinct
            r.name, r.command, r.effect, c.oid as relid, c.oid::pg_catalog.regclass::text as table_name,
            o.oid as role, o.rolname as role_name,
            c.relrowsecurity and not o.rolsuper and not o.rolbypassrls
            and (c.relforcerowsecurity or not pg_catalog.pg_has_role(o.oid, c.relowner, 'USAGE')) as is_subject
        from reached as r
        inner join pg_catalog.pg_class as c on r.relid = c.oid and c.relkind in ('r', 'p')
        inner join pg_catalog.pg_roles as o on r.role = o.oid
    ),

    policies as (
        select
            t.relid, t.role, t.command, p.polname as name, p.polpermissive as is_permissive,
            p.polroles <> '{0}' as is_for_somebody,
            pg_catalog.pg_get_expr(
                case t.command when 'insert' then coalesce(p.polwithcheck, p.polqual) else p.polqual end, p.polrelid
            ) = 'true' as is_open
        from tables as t
        inner join pg_catalog.pg_policy as p
            on t.relid = p.polrelid and p.polcmd in ('*', case t.command when 'insert' then 'a' else 'r' end)
        where
            t.is_subject
            and exists (
                select from pg_catalog.unnest(p.polroles) as m (oid)
                where case when m.oid = 0 then true else pg_catalog.pg_has_role(t.role, m.oid, 'USAGE') end
            )
    ),

    judged as (
        select
            t.name, t.command, t.effect, t.table_name, t.role_name, t.is_subject,
            -- Whom a policy may be for: the group, if the role is in it.
            coalesce(
                (
                    select g.rolname from pg_catalog.pg_roles as g
                    where g.rolname = 'auto_post_worker' and pg_catalog.pg_has_role(t.role, g.oid, 'USAGE')
                ),
                t.role_name
            ) as grantee,
            coalesce(pg_catalog.bool_or(p.is_permissive), false) as has_way,
            coalesce(pg_catalog.bool_or(p.is_permissive and p.is_open), false) as has_open_way,
            coalesce(pg_catalog.bool_or(not p.is_permissive and not p.is_open), false) as is_restricted,
            coalesce(pg_catalog.bool_and(p.is_for_somebody) filter (where not p.is_open), true) as is_meant,
            pg_catalog.string_agg(p.name, ', ' order by p.name) filter (where not p.is_open) as conditions
        from tables as t
        left join policies as p on t.relid = p.relid and t.role = p.role and t.command = p.command
        group by t.name, t.command, t.effect, t.table_name, t.role, t.role_name, t.is_subject
    )

    select
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then 'ok'
            when j.has_way and j.is_meant then 'warning'
            else 'problem'
        end,
        'row security',
        case
            when not j.is_subject then pg_catalog.format('%s: none for %s', j.table_name, j.role_name)
            when j.has_open_way and not j.is_restricted then
                pg_catalog.format('%s: a policy lets %s %s', j.table_name, j.role_name, j.command)
            when not j.has_way then
                pg_catalog.format(
                    '%s: no policy lets %s %s: %s', j.table_name, j.role_name, j.command, j.effect
                )
            else
                pg_catalog.format(
                    '%s: %s may %s what the condition of %s lets pass; for the rest %s',
                    j.table_name, j.role_name, j.command, j.conditions, j.effect
                )
        end,
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then null
            -- A permissive policy lifts no restrictive one.
            when j.is_restricted then pg_catalog.format('alter role %I bypassrls;', j.role_name)
            else
                pg_catalog.format(
                    'create policy autopost_%s on %s for %s to %I %s (true);',
                    j.command, j.table_name, j.command, j.grantee,
                    case j.command when 'insert' then 'with check' else 'using' end
                )
        end
    from judged as j
    union all
    select
        'problem', 'row security', c.oid::pg_catalog.regclass::text || ' is autopost''s own and has row-level security',
        pg_catalog.format('alter table %s disable row level security;', c.oid::pg_catalog.regclass)
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relname like 'auto\_post\_%'
        and c.relrowsecurity
$$;

revoke execute on function {{ schema }}.auto_post_check_row_security() from public;

comment on function {{ schema }}.auto_post_check_row_security() is
'Part of auto_post_check: row-level security on the platform''s tables, and whom of autopost it hinders.';

-- What is right and what is wrong with this installation: a row for each thing that was looked at.
-- Changes nothing, and does not fail: what is missing, locked for more than a second or not allowed is a row too.
-- p_keep is what the workers' SOCIAL_POST_RETENTION_DAYS says. Locks: those of reading, one part after the other.
create or replace function {{ schema }}.auto_post_check(p_keep interval default '7 days')
returns table (level text, subject text, finding text, advice text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set jit = off
as $$
declare
    v_part text;
begin
    foreach v_part in array array[
        'server', 'held_back', 'schema', 'trigger', 'functions', 'switches', 'outbox', 'workers', 'rights',
        'row_security'
    ] loop
        begin
            return query execute pg_catalog.format(
                'select c.level, c.subject, c.finding, c.advice from {{ schema }}.auto_post_check_%s(%s) as c',
                v_part, case v_part when 'outbox' then '$1' end
            ) using p_keep;
        exception
            when insufficient_privilege then
                return query select
                    'warning', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, which this role may not: ' || sqlerrm,
                    pg_catalog.format('grant auto_post_reader to %I;', session_user);
            when lock_not_available then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, as somebody holds a lock on it for more than a second',
                    'select l.pid, l.mode, l.relation::regclass from pg_locks as l '
                    'where l.mode = ''AccessExclusiveLock'' and l.granted;';
            when others then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '), 'not looked at: ' || sqlerrm,
                    'autopost check  # says what is missing, and how to make it';
        end;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_check(interval) from public;

comment on function {{ schema }}.auto_post_check(interval) is
'What is right (ok) and what is wrong (warning, problem) with this installation, and what to do about it.';

-- How autopost fares, in one row.
create or replace view {{ schema }}.auto_post_health
with (security_invoker = true)
as
with unfinished as (
    select
        count(*) filter (where o.state = 'pending' and o.available_at < 'infinity') as waiting,
        count(*) filter (where o.state = 'claimed') as claimed,
        count(*) filter (where o.available_at = 'infinity') as parked,
        count(*) filter (
            where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0
        ) as retrying,
        extract(epoch from clock_timestamp() - min(o.captured_at) filter (
            where o.state = 'pending' and o.available_at < 'infinity'
        ))::double precision as oldest_waiting_seconds
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
),

last_day as (
    select
        count(*) filter (where o.state = 'dead') as dead_last_day,
        count(*) filter (where o.state = 'posted' and o.finished_at > now() - interval '1 hour') as posted_last_hour,
        count(*) filter (where o.state = 'skipped' and o.finished_at > now() - interval '1 hour') as skipped_last_hour,
        count(*) filter (where o.state = 'dead' and o.finished_at > now() - interval '1 hour') as dead_last_hour
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
)

select
    u.waiting, u.claimed, u.parked, u.retrying, u.oldest_waiting_seconds,
    d.dead_last_day, d.posted_last_hour, d.skipped_last_hour, d.dead_last_hour,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    c.paused, c.capture_enabled,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'How autopost fares, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
comment on column {{ schema }}.auto_post_health.waiting is 'Pending rows that are not parked.';
comment on column {{ schema }}.auto_post_health.parked is 'Pending rows of a paused operation type or agent.';
comment on column {{ schema }}.auto_post_health.retrying is 'Those that wait after a failed attempt.';
comment on column {{ schema }}.auto_post_health.workers_alive is 'Seen in the last 60 seconds.';
comment on column {{ schema }}.auto_post_health.trigger_enabled is
'False: somebody disabled or dropped the trigger; what it misses is captured by the reconciler, later.';
comment on column {{ schema }}.auto_post_health.claimed is 'Rows that a worker holds.';
comment on column {{ schema }}.auto_post_health.oldest_waiting_seconds is
'The age, since capture, of the oldest row that waits. NULL: none does.';
comment on column {{ schema }}.auto_post_health.dead_last_day is 'Dead letters of the last 24 hours.';
comment on column {{ schema }}.auto_post_health.posted_last_hour is
'Outcomes of the last 60 minutes, as in skipped_last_hour and dead_last_hour.';
comment on column {{ schema }}.auto_post_health.paused is
'auto_post_pause() without arguments is in force: nothing is claimed.';
comment on column {{ schema }}.auto_post_health.capture_enabled is
'False: somebody switched capturing off, and what ends meanwhile is left alone for good.';
comment on column {{ schema }}.auto_post_health.reconciled_at is
'When a worker last looked for operations that the trigger missed.';
comment on column {{ schema }}.auto_post_health.reconciled_all_at is
'When such looks last reached the end of the platform''s table.';
comment on column {{ schema }}.auto_post_health.reconciled_rows is
'How many operations the trigger missed, since the installation.';

-- The rules that a change to this status meets, in no order. goes_first: it goes before any other, being exact and with
-- a status. Plain SQL without settings of its own, so that the trigger's plan takes it in.
create or replace function {{ schema }}.auto_post_rules_met(p_operation_type text, p_status text)
returns table (
    rule_id integer, is_alert boolean, since timestamptz, is_exact boolean, has_status boolean, goes_first boolean
)
language sql
stable
as $$
    select
        r.id,
        r.is_alert or coalesce(p_status = 'failed', false),
        r.since,
        r.match = 'exact',
        r.status is not null,
        r.match = 'exact' and r.status is not null
    from {{ schema }}.auto_post_rules as r
    where
        r.enabled
        and (r.status is null or r.status = p_status)
        and case r.match
            when 'exact' then r.operation_type = p_operation_type
            else pg_catalog.lower(p_operation_type) like pg_catalog.lower(r.operation_type)
        end
$$;

revoke execute on function {{ schema }}.auto_post_rules_met(text, text) from public;

comment on function {{ schema }}.auto_post_rules_met(text, text) is
'All rules that an operation of this type meets when it comes to this status; auto_post_rule_for says which counts.';

-- The one rule that a change to this status meets, or no row. Exact goes before pattern, a rule with a status before
-- one without, the older before the newer. Plain SQL without settings of its own, so that the plans of its callers take
-- it in.
create or replace function {{ schema }}.auto_post_rule_for(p_operation_type text, p_status text)
returns table (rule_id integer, is_alert boolean, since timestamptz)
language sql
stable
as $$
    select m.rule_id, m.is_alert, m.since
    from {{ schema }}.auto_post_rules_met(p_operation_type, p_status) as m
    order by m.is_exact desc, m.has_status desc, m.rule_id asc
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_rule_for(text, text) from public;

comment on function {{ schema }}.auto_post_rule_for(text, text) is
'The rule that an operation of this type meets when it comes to this status; no row: it is not significant.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns, once, and leaves the rest of the transaction's changes to the
-- reconciler. So it does when something is wrong with our tables, and after ten rows that each failed by themselves.
-- Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_status text;
    v_operation_type text;
    v_gave_up text;
    v_rule_id integer;
    v_is_alert boolean;
    v_goes_first boolean;
    v_capture_enabled boolean;
    v_wakeup text;
    v_now timestamptz;
    v_sqlstate text;
    v_xact_id text;
    v_failures text;
    v_gives_up boolean;
    v_tracker_id text;
begin
    begin
        v_status := {{ new.status }}::text;
        if tg_op = 'UPDATE' and v_status is not distinct from {{ old.status }}::text then
            return null;
        end if;

        v_gave_up := pg_catalog.current_setting('autopost.capture_gave_up', true);
        if v_gave_up <> '' and v_gave_up = pg_catalog.pg_current_xact_id()::text then
            return null;
        end if;

        v_operation_type := {{ new.operation_type }}::text;

        -- Any rule, without an order, which would cost half as much again. Most changes meet none, and most others the
        -- one that goes before all.
        select m.rule_id, m.is_alert, m.goes_first
        into v_rule_id, v_is_alert, v_goes_first
        from {{ schema }}.auto_post_rules_met(v_operation_type, v_status) as m;

        if v_rule_id is null then
            return null;
        end if;

        if not v_goes_first then
            select r.rule_id, r.is_alert
            into v_rule_id, v_is_alert
            from {{ schema }}.auto_post_rule_for(v_operation_type, v_status) as r;
        end if;

        -- Strict: without its row nobody knows what a DBA wants, and workers claim nothing either.
        select c.capture_enabled, c.wakeup
        into strict v_capture_enabled, v_wakeup
        from {{ schema }}.auto_post_control as c;

        -- Who finds it off looks no more in this transaction.
        if not v_capture_enabled then
            perform pg_catalog.set_config(
                'autopost.capture_gave_up', pg_catalog.pg_current_xact_id()::text, true
            );
            return null;
        end if;

        v_now := pg_catalog.clock_timestamp();

        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        values (
            {{ schema }}.auto_post_outbox_id({{ new.id }}::text, v_rule_id), v_rule_id, {{ new.id }}::text, {{ new.tenant_id }}::text,
            {{ new.agent_id }}::text, v_operation_type, v_status, v_is_alert,
            pg_catalog.left({{ new.what_explanation }}::text, 4000), pg_catalog.left({{ new.why_explanation }}::text, 4000),
            pg_catalog.left({{ new.next_steps }}::text, 4000), v_now, v_now
        )
        -- What retention removed is not asked here, where an agent would pay for it: the claim does.
        on conflict (id) do nothing;

        -- A worker that sleeps holds this lock alone. Who gets it shared knows that none sleeps, and keeps any from
        -- falling asleep before this row can be seen.
        if
            found
            and v_wakeup <> 'poll'
            and (v_wakeup = 'notify' or not pg_catalog.pg_try_advisory_xact_lock_shared(
                1635087471, pg_catalog.hashtext('{{ schema }}')
            ))
            -- With a full queue NOTIFY would fail at commit, where nothing can catch it.
            and pg_catalog.pg_notification_queue_usage() < 0.8
        then
            perform pg_catalog.pg_notify('auto_post_doorbell', '');
        end if;
    exception
        when others then
            v_sqlstate := sqlstate;
            v_xact_id := pg_catalog.pg_current_xact_id()::text;
            -- The transaction, and a dot for each failure in it.
            v_failures := pg_catalog.current_setting('autopost.capture_failures', true);
            if v_failures is null or not pg_catalog.starts_with(v_failures, v_xact_id || '.') then
                v_failures := v_xact_id;
            end if;
            v_failures := v_failures || '.';
            perform pg_catalog.set_config('autopost.capture_failures', v_failures, true);
            -- What is wrong with the outbox will be so for every row; what is wrong with one row ends there, unless
            -- row after row is.
            v_gives_up := pg_catalog.left(v_sqlstate, 2) in ('42', '53', '54', '55', '57', '58', 'XX')
            or v_sqlstate = 'P0002'
            or pg_catalog.length(v_failures) >= pg_catalog.length(v_xact_id) + 10;
            if v_gives_up then
                perform pg_catalog.set_config('autopost.capture_gave_up', v_xact_id, true);
            end if;
            begin
                v_tracker_id := {{ new.id }}::text;
            exception
                when others then
                    v_tracker_id := null;
            end;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', v_tracker_id, v_sqlstate
            using
                detail = case
                    when v_gives_up then 'Nothing more of this transaction is captured.'
                    else 'What else this transaction changes is captured.'
                end,
                hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

-- What a reader of the schema asks about a column.
comment on column {{ schema }}.auto_post_outbox.tracker_id is 'The id of the operation in operation_trackers, as text.';
comment on column {{ schema }}.auto_post_outbox.tenant_id is 'The operation''s tenant, as the post will have it.';
comment on column {{ schema }}.auto_post_outbox.agent_id is
'Whose operation it was, and who will be the author. NULL: nobody''s, and it is skipped (agent_unknown).';
comment on column {{ schema }}.auto_post_outbox.operation_type is
'As the operation had it. Not redacted; the audit log has it redacted.';
comment on column {{ schema }}.auto_post_outbox.status is
'The status that it came to. NULL where the platform allows that.';
comment on column {{ schema }}.auto_post_outbox.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert.';
comment on column {{ schema }}.auto_post_pauses.paused_at is 'When auto_post_pause was called.';
comment on column {{ schema }}.auto_post_pauses.paused_by is 'The role that called it.';
comment on column {{ schema }}.auto_post_rules.id is 'What auto_post_switch_rule takes, and what outbox rows name.';
comment on column {{ schema }}.auto_post_rules.description is 'Why the rule is there, for those who read it.';
comment on column {{ schema }}.auto_post_rate_limits.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is
'When its last post was decided, by the database''s clock. The window begins here.';
comment on column {{ schema }}.auto_post_workers.name is 'SOCIAL_POST_WORKER_NAME, or host name and process id.';
comment on column {{ schema }}.auto_post_workers.version is 'The version of autopost that it runs.';
comment on column {{ schema }}.auto_post_workers.started_at is 'When it started, by the database''s clock.';
comment on column {{ schema }}.auto_post_workers.last_seen_at is 'When it last said that it lives; every 15 seconds.';
comment on column {{ schema }}.auto_post_stuck.overdue_for is 'The time since a worker should have taken it.';
comment on column {{ schema }}.auto_post_skips.at_hour is 'The hour in which it was decided.';
comment on column {{ schema }}.auto_post_skips.reason is
'Why: rate_limited, maturity_blocked, agent_unknown, missing_explanation, refused_by_platform, or what somebody gave.';
comment on column {{ schema }}.auto_post_skips.operations is 'How many operations.';
comment on column {{ schema }}.auto_post_skips.agents is 'Of how many agents.';
comment on column {{ schema }}.auto_post_dead.attempts is 'How often it was tried.';
comment on column {{ schema }}.auto_post_dead.last_error is 'The kind of error of the last attempt.';
comment on column {{ schema }}.auto_post_dead.finished_at is 'When it was given up.';
comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of one agent, of one operation_type, or, without arguments, of everything. Holds until '
'auto_post_resume.';
comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it; without arguments that of everything. Refuses what is not paused.';
comment on function {{ schema }}.auto_post_purge(text, text) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant, the other NULL; returns how many.';
comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer) is
'Gives skipped rows that ended in a range of time another chance, of one reason or, with NULL, of any; returns '
'how many.';
comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Gives up to p_limit dead rows a new life, of one error or, with NULL, of any; returns how many.';
