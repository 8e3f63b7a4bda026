-- Returns the sessions that hold the advisory locks of agents ($1): process id, role and application_name.
select
    l.pid, coalesce(s.usename::text, '') as role, coalesce(left(s.application_name, 64), '') as application
from unnest($1::text[]) as w (agent_id)
cross join {{ schema }}.auto_post_control as c
cross join lateral (select hashtextextended('autopost agent ' || c.lock_salt || w.agent_id, 0) as key) as k
inner join pg_locks as l
    on
        l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        and k.key = (l.classid::bigint << 32) | l.objid::bigint
left join pg_stat_activity as s on l.pid = s.pid
limit 10
