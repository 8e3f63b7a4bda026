-- Returns the sessions that hold the advisory locks of agents ($1), at most 10: process id, role and application_name.
with keys as (
    select hashtextextended('autopost agent ' || c.lock_salt || w.agent_id, 0) as key
    from unnest($1::text[]) as w (agent_id)
    cross join {{ schema }}.auto_post_control as c
)

select l.pid, coalesce(s.usename::text, '') as role, coalesce(left(s.application_name, 64), '') as application
from pg_locks as l
left join pg_stat_activity as s on l.pid = s.pid
where
    l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
    and l.database = (select d.oid from pg_database as d where d.datname = current_database())
    and ((l.classid::bigint << 32) | l.objid::bigint) = any(array(select k.key from keys as k))
order by l.pid
limit 10
