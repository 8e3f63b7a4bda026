-- Arms the doorbell: while this connection holds the lock, a capturing transaction notifies. Never waits.
-- armed: it holds the lock. taken: another worker does. held: transactions do that have captured and not ended yet.
select
    case
        when pg_try_advisory_lock({{ lock.doorbell }}, hashtext('{{ schema }}')) then 'armed'
        when exists (
            select
            from pg_locks as l
            where
                l.locktype = 'advisory' and l.mode = 'ExclusiveLock' and l.granted and l.objsubid = 2
                and l.classid = {{ lock.doorbell }} and l.objid = (hashtext('{{ schema }}')::bigint & 4294967295)::oid
                and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        ) then 'taken'
        else 'held'
    end as lock
