-- Is the NOTIFY queue filling? How full it is, whether autopost still rings, and who listens for it.
-- Above 80 per cent autopost rings no more and workers poll. What fills it is a session that listens, to whatever
-- channel, and stays in a transaction: in_transaction_for has the longest of the server's. NULL: this role may not see.
select
    round((100 * pg_notification_queue_usage())::numeric, 1) as queue_percent,
    c.wakeup,
    c.wakeup <> 'poll' and pg_notification_queue_usage() < 0.8 as rings,
    a.pid as listener,
    a.usename::text as role,
    a.pid in (
        select l.pid
        from pg_locks as l
        where l.locktype = 'advisory' and l.classid = {{ lock.doorbell }} and l.mode = 'ExclusiveLock' and l.granted
    ) as sleeps,
    date_trunc('second', now() - a.backend_start) as listens_for,
    (
        select date_trunc('second', max(now() - t.xact_start))
        from pg_stat_activity as t
        where t.pid <> pg_backend_pid()
    ) as in_transaction_for
from {{ schema }}.auto_post_control as c
left join pg_stat_activity as a on a.datname = current_database() and a.application_name = 'autopost doorbell'
order by a.backend_start;
