-- Returns up to three sessions that a migration waits for: the one that holds the lock of migrations, then those with a
-- lock on the platform's four tables or on ours, the oldest transaction first. Without texts of statements.
with tables as (
    select c.oid
    from pg_class as c
    where
        c.relnamespace = to_regnamespace('{{ schema }}')
        or c.oid in (
            to_regclass('{{ platform }}.agents'), to_regclass('{{ platform }}.operation_trackers'),
            to_regclass('{{ platform }}.social_posts'), to_regclass('{{ platform }}.audit_log')
        )
    union
    select t.tgrelid
    from pg_trigger as t
    where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
),

holders as (
    select
        l.pid,
        bool_or(l.locktype = 'advisory') as holds_the_lock_of_migrations,
        string_agg(distinct l.relation::regclass::text, ', ') as locked
    from pg_locks as l
    where
        l.granted
        and l.pid <> pg_backend_pid()
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        and (
            l.relation in (select t.oid from tables as t)
            or (l.locktype = 'advisory' and l.objsubid = 2 and l.classid = {{ lock.migration }})
        )
    group by l.pid
)

select
    h.pid, coalesce(a.usename::text, '') as role, coalesce(left(a.application_name, 64), '') as application,
    coalesce(a.state, '') as state,
    coalesce(date_trunc('second', clock_timestamp() - a.xact_start)::text, '') as transaction_age,
    case
        when h.holds_the_lock_of_migrations then 'the lock of migrations'
        else left(h.locked, 200)
    end as holds
from holders as h
left join pg_stat_activity as a on h.pid = a.pid
order by h.holds_the_lock_of_migrations desc, a.xact_start asc nulls last
limit 3
