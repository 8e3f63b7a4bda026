-- Part of auto_post_reconcile: a policy of row-level security that concerns the current role when it reads a table, is
-- not its own, and could run code with its rights; NULL: none could. Safe are policies of columns, constants, operators
-- and casts of PostgreSQL itself, and current_setting(): functions such as query_to_xml run whatever they are given.
-- What PostgreSQL itself provides is in no dependency.
create or replace function {{ schema }}.auto_post_unsafe_policy(p_table regclass)
returns name
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select p.polname
    from pg_catalog.pg_policy as p
    inner join pg_catalog.pg_class as c on p.polrelid = c.oid
    where
        c.oid = p_table
        and pg_catalog.row_security_active(c.oid)
        and c.relowner <> (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user)
        and p.polcmd in ('*', 'r')
        and exists (
            select from pg_catalog.unnest(p.polroles) as m (oid)
            where case when m.oid = 0 then true else pg_catalog.pg_has_role(m.oid, 'USAGE') end
        )
        and (
            exists (
                select from pg_catalog.pg_depend as d
                where
                    d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                    and case d.refclassid
                        when 'pg_catalog.pg_proc'::pg_catalog.regclass then true
                        when 'pg_catalog.pg_operator'::pg_catalog.regclass then true
                        when 'pg_catalog.pg_class'::pg_catalog.regclass then d.refobjid <> c.oid
                        when 'pg_catalog.pg_type'::pg_catalog.regclass
                            then (select t.typtype = 'd' from pg_catalog.pg_type as t where t.oid = d.refobjid)
                        else false
                    end
            )
            or pg_catalog.strpos(p.polqual::text, '{SUBLINK') > 0
            or exists (
                select
                from pg_catalog.regexp_matches(p.polqual::text, ':funcid (\d+)', 'g') as m (ids)
                inner join pg_catalog.pg_proc as f on m.ids[1]::oid = f.oid
                where
                    f.proname <> 'current_setting'
                    and not exists (select from pg_catalog.pg_cast as k where k.castfunc = f.oid and k.oid < 16384)
            )
        )
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_unsafe_policy(regclass) from public;

comment on function {{ schema }}.auto_post_unsafe_policy(regclass) is
'Part of auto_post_reconcile: a policy that would run code of the platform with the rights of the current role.';
