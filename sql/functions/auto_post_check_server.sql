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
        case when e.encoding = 'UTF8' then 'ok' else 'problem' end,
        'encoding',
        e.encoding || case when e.encoding = 'UTF8' then '' else ': it cannot hold every character of a post' end,
        case
            when e.encoding <> 'UTF8' then
                'create database ... encoding ''UTF8'' template template0;  -- then dump this one and restore it there'
        end
    from (select pg_catalog.current_setting('server_encoding') as encoding) as e
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
'Part of auto_post_check: the server, and the settings that autopost depends on.';
