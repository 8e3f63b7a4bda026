-- Which advisory locks autopost takes, what each is for, and who holds or waits for one now.
-- NULL: nobody holds it. The agent of a lock is known while a worker holds an operation of that agent.
with locks (place, lock, classid, objid, what_for) as (
    values
    (1, 'doorbell', {{ lock.doorbell }}, hashtext('{{ schema }}'), 'alone: a worker sleeps; shared: an agent captured'),
    (2, 'migration', {{ lock.migration }}, 0, 'one migrates at a time'),
    (3, 'rules', {{ lock.rules }}, hashtext('{{ schema }}'), 'one changes rules at a time')
),

held as (
    select l.pid, l.mode, l.granted, l.classid::bigint as classid, l.objid::bigint as objid, l.objsubid
    from pg_locks as l
    where
        l.locktype = 'advisory'
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
),

agents as (
    select distinct o.agent_id, hashtextextended('autopost agent ' || c.lock_salt || o.agent_id, 0) as key
    from {{ schema }}.auto_post_outbox as o
    cross join {{ schema }}.auto_post_control as c
    where o.state = 'claimed' and o.available_at > now() and (select count(*) from held as h where h.objsubid = 1) > 0
),

found as (
    select k.place, k.lock, k.what_for, h.pid, h.mode, h.granted
    from locks as k
    left join held as h
        on h.objsubid = 2 and k.classid = h.classid and k.objid::bigint & 4294967295 = h.objid
    union all
    select 4, 'agent ' || a.agent_id, 'one publishes posts of an agent at a time', h.pid, h.mode, h.granted
    from agents as a
    inner join held as h on h.objsubid = 1 and a.key = (h.classid << 32) | h.objid
)

select f.lock, f.what_for, f.pid, s.application_name, f.mode, f.granted
from found as f
left join pg_stat_activity as s on f.pid = s.pid
order by f.place asc, f.lock asc, f.granted desc, f.pid asc;
