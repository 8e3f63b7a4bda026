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
