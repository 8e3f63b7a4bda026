-- What holds vacuum back, by cause: the five that reach furthest back, how far, and how to end each.
-- holder NULL: nothing of this kind. held_for NULL: this role may not see it (pg_read_all_stats may), or nobody knows.
-- Without texts of statements, which may hold text of operations.
with causes (place, cause) as (
    values (1, 'transaction'), (2, 'prepared transaction'), (3, 'replication slot'), (4, 'standby feedback')
),

holders (cause, holder, xids, held_for, state, to_end_it) as (
    select
        'transaction',
        concat_ws(' ', a.pid, a.usename, nullif(a.application_name, '')),
        greatest(age(a.backend_xmin), age(a.backend_xid)),
        now() - a.xact_start,
        a.state,
        format('select pg_terminate_backend(%s);', a.pid)
    from pg_stat_activity as a
    where
        a.datname = current_database()
        and a.pid <> pg_backend_pid()
        and coalesce(a.backend_xmin, a.backend_xid) is not null
        -- A vacuum holds back no other, and what a standby needs follows below.
        and a.pid not in (select v.pid from pg_stat_progress_vacuum as v)
        and a.pid not in (select r.pid from pg_stat_replication as r)
    union all
    select
        'prepared transaction', p.gid, age(p.transaction), now() - p.prepared, 'prepared by ' || p.owner,
        format('rollback prepared %L;', p.gid)
    from pg_prepared_xacts as p
    where p.database = current_database()
    union all
    select
        'replication slot', s.slot_name, greatest(age(s.xmin), age(s.catalog_xmin)), null,
        case when s.active then 'active' else 'nobody reads it' end
        || case when s.xmin is null then ', holds catalogs alone' else '' end,
        format('select pg_drop_replication_slot(%L);', s.slot_name)
    from pg_replication_slots as s
    where coalesce(s.xmin, s.catalog_xmin) is not null
    union all
    select
        'standby feedback', concat_ws(' ', r.pid, r.usename, r.application_name), age(r.backend_xmin), null, r.state,
        'end the long query on the standby'
    from pg_stat_replication as r
    where r.backend_xmin is not null
),

furthest as (
    select h.*, row_number() over (partition by h.cause order by h.xids desc, h.held_for desc nulls last) as place
    from holders as h
)

select c.cause, h.holder, h.xids, date_trunc('second', h.held_for) as held_for, h.state, h.to_end_it
from causes as c
left join furthest as h on c.cause = h.cause and h.place <= 5
order by h.xids desc nulls last, c.place asc, h.place asc;
