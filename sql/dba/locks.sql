-- Who blocks whom on the tracker table, on autopost's tables or on its advisory locks; the longest wait first.
-- blocked_by 0: a prepared transaction (autopost sql xmin has it). NULL: this role may not see it. Without texts of
-- statements, which may hold text of operations.
with ours as (
    select c.oid, c.relkind
    from pg_class as c
    where c.relnamespace = '{{ schema }}'::regnamespace and c.relname like 'auto\_post\_%'
    union
    select t.tgrelid, 'r'
    from pg_trigger as t
    where t.tgfoid in {{ captures }}
),

-- A session that waits for a row locks the row and waits for the transaction that changed it. For a row that is not
-- visible yet (the same key, inserted twice) it only waits for the transaction.
at_work as (
    select
        l.pid,
        bool_or(l.locktype = 'tuple') as waits_for_a_row,
        string_agg(distinct o.oid::regclass::text, ' or ') filter (where l.locktype = 'tuple') as row_of,
        string_agg(distinct o.oid::regclass::text, ', ') filter (where l.mode = 'RowExclusiveLock') as writes_to
    from pg_locks as l
    left join ours as o on l.relation = o.oid and o.relkind <> 'i'
    where l.locktype in ('relation', 'tuple')
    group by l.pid
),

waits as (
    select
        l.pid,
        l.mode,
        l.waitstart,
        case
            when l.locktype = 'advisory' then 'an advisory lock of autopost'
            when l.locktype = 'relation' then l.relation::regclass::text
            when w.waits_for_a_row then 'a row of ' || w.row_of
            else 'a transaction, and writes to ' || w.writes_to
        end as waits_for
    from pg_locks as l
    left join at_work as w on l.pid = w.pid
    left join pg_database as d on l.database = d.oid
    where
        not l.granted
        and coalesce(d.datname, current_database()) = current_database()
        and case l.locktype
            when 'advisory' then l.objsubid = 1 or l.classid in ({{ locks }})
            when 'relation' then l.relation in (select o.oid from ours as o)
            else l.locktype in ('transactionid', 'tuple')
        end
),

pairs as (
    select w.pid, w.mode, w.waits_for, w.waitstart, b.pid as blocked_by
    from waits as w
    cross join unnest(pg_blocking_pids(w.pid)) as b (pid)
    where w.waits_for is not null
    union all
    select null, null, 'nobody waits', null, null
    where not exists (select from waits as w where w.waits_for is not null)
)

select
    p.waits_for,
    p.mode,
    p.pid as waiting,
    a.application_name as waiting_name,
    date_trunc('second', clock_timestamp() - p.waitstart) as waits,
    p.blocked_by,
    b.application_name as blocking_name,
    b.state as blocking_state,
    date_trunc('second', clock_timestamp() - b.xact_start) as in_transaction_for
from pairs as p
left join pg_stat_activity as a on p.pid = a.pid
left join pg_stat_activity as b on p.blocked_by = b.pid
order by p.waitstart asc nulls last, p.pid asc, p.blocked_by asc;
