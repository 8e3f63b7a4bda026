-- Part of auto_post_check: row-level security, which hides rows without an error. It concerns who reads or writes the
-- platform's tables for autopost: the reconciler's owner reads operations; the workers' roles read agents and insert
-- posts and audit rows; where a mapping made views of them, the views' owner does. The trigger itself reads none.
create or replace function {{ schema }}.auto_post_check_row_security()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive workers as (
        select r.oid
        from pg_catalog.pg_roles as r
        inner join pg_catalog.pg_roles as g on g.rolname = 'auto_post_worker'
        where
            r.rolcanlogin
            and case -- a superuser has every role
                when r.rolsuper then exists (
                    select from pg_catalog.pg_auth_members as m where m.roleid = g.oid and m.member = r.oid
                )
                else pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE')
            end
            and pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')
        union
        select a.usesysid
        from pg_catalog.pg_stat_activity as a
        where a.application_name = 'autopost worker' and a.datname = pg_catalog.current_database()
    ),

    uses (name, command, role, effect) as (
        select 'operation_trackers', 'select', p.proowner, 'what the trigger misses is never found'
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)')
        union all
        select u.name, u.command, w.role, u.effect
        from (
            values
            ('agents', 'select', 'every agent is unknown and nothing is posted'),
            ('social_posts', 'insert', 'posts are refused'),
            ('audit_log', 'insert', 'outcomes are refused, rows tried again for ever')
        ) as u (name, command, effect)
        cross join (
            select w.oid as role from workers as w
            union all
            select coalesce(
                (select g.oid from pg_catalog.pg_roles as g where g.rolname = 'auto_post_worker'),
                (select p.proowner from pg_catalog.pg_proc as p
                where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)'))
            )
            where not exists (select from workers)
        ) as w
    ),

    -- Through views to the tables, with the role as which they are reached.
    reached (name, command, role, effect, relid) as (
        select u.name, u.command, u.role, u.effect, pg_catalog.to_regclass('{{ platform }}.' || u.name)::oid
        from uses as u
        union
        select
            r.name, r.command,
            coalesce(
                (
                    select f.proowner
                    from pg_catalog.pg_trigger as t
                    inner join pg_catalog.pg_proc as f on t.tgfoid = f.oid and f.prosecdef
                    where r.command = 'insert' and t.tgrelid = v.oid and t.tgtype & 68 = 68 -- instead of insert
                    limit 1
                ),
                case
                    when exists (
                        select from pg_catalog.pg_options_to_table(v.reloptions) as x
                        where x.option_name = 'security_invoker' and x.option_value::boolean
                    ) then r.role
                    else v.relowner
                end
            ),
            r.effect, d.refobjid
        from reached as r
        inner join pg_catalog.pg_class as v on r.relid = v.oid and v.relkind = 'v'
        inner join pg_catalog.pg_rewrite as w on v.oid = w.ev_class
        inner join pg_catalog.pg_depend as d
            on
                d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and w.oid = d.objid
                and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> v.oid
    ),

    tables as (
        select distinct
            r.name, r.command, r.effect, c.oid as relid, c.oid::pg_catalog.regclass::text as table_name,
            o.oid as role, o.rolname as role_name,
            c.relrowsecurity and not o.rolsuper and not o.rolbypassrls
            and (c.relforcerowsecurity or not pg_catalog.pg_has_role(o.oid, c.relowner, 'USAGE')) as is_subject
        from reached as r
        inner join pg_catalog.pg_class as c on r.relid = c.oid and c.relkind in ('r', 'p')
        inner join pg_catalog.pg_roles as o on r.role = o.oid
    ),

    policies as (
        select
            t.relid, t.role, t.command, p.polname as name, p.polpermissive as is_permissive,
            p.polroles <> '{0}' as is_for_somebody,
            pg_catalog.pg_get_expr(
                case t.command when 'insert' then coalesce(p.polwithcheck, p.polqual) else p.polqual end, p.polrelid
            ) = 'true' as is_open
        from tables as t
        inner join pg_catalog.pg_policy as p
            on t.relid = p.polrelid and p.polcmd in ('*', case t.command when 'insert' then 'a' else 'r' end)
        where
            t.is_subject
            and exists (
                select from pg_catalog.unnest(p.polroles) as m (oid)
                where case when m.oid = 0 then true else pg_catalog.pg_has_role(t.role, m.oid, 'USAGE') end
            )
    ),

    judged as (
        select
            t.name, t.command, t.effect, t.table_name, t.role_name, t.is_subject,
            -- Whom a policy may be for: the group, if the role is in it.
            coalesce(
                (
                    select g.rolname from pg_catalog.pg_roles as g
                    where g.rolname = 'auto_post_worker' and pg_catalog.pg_has_role(t.role, g.oid, 'USAGE')
                ),
                t.role_name
            ) as grantee,
            coalesce(pg_catalog.bool_or(p.is_permissive), false) as has_way,
            coalesce(pg_catalog.bool_or(p.is_permissive and p.is_open), false) as has_open_way,
            coalesce(pg_catalog.bool_or(not p.is_permissive and not p.is_open), false) as is_restricted,
            coalesce(pg_catalog.bool_and(p.is_for_somebody) filter (where not p.is_open), true) as is_meant,
            pg_catalog.string_agg(p.name, ', ' order by p.name) filter (where not p.is_open) as conditions
        from tables as t
        left join policies as p on t.relid = p.relid and t.role = p.role and t.command = p.command
        group by t.name, t.command, t.effect, t.table_name, t.role, t.role_name, t.is_subject
    )

    -- A table that is read for several reasons, such as agents whose names the texts hold, has one line.
    select distinct
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then 'ok'
            when j.has_way and j.is_meant then 'warning'
            else 'problem'
        end,
        'row security',
        case
            when not j.is_subject then pg_catalog.format('%s: none for %s', j.table_name, j.role_name)
            when j.has_open_way and not j.is_restricted then
                pg_catalog.format('%s: a policy lets %s %s', j.table_name, j.role_name, j.command)
            when not j.has_way then
                pg_catalog.format(
                    '%s: no policy lets %s %s: %s', j.table_name, j.role_name, j.command, j.effect
                )
            else
                pg_catalog.format(
                    '%s: %s may %s what the condition of %s lets pass; for the rest %s',
                    j.table_name, j.role_name, j.command, j.conditions, j.effect
                )
        end,
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then null
            -- A permissive policy lifts no restrictive one.
            when j.is_restricted then pg_catalog.format('alter role %I bypassrls;', j.role_name)
            else
                pg_catalog.format(
                    'create policy autopost_%s on %s for %s to %I %s (true);',
                    j.command, j.table_name, j.command, j.grantee,
                    case j.command when 'insert' then 'with check' else 'using' end
                )
        end
    from judged as j
    union all
    select
        'problem', 'row security', c.oid::pg_catalog.regclass::text || ' is autopost''s own and has row-level security',
        pg_catalog.format('alter table %s disable row level security;', c.oid::pg_catalog.regclass)
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relname like 'auto\_post\_%'
        and c.relrowsecurity
$$;

revoke execute on function {{ schema }}.auto_post_check_row_security() from public;

comment on function {{ schema }}.auto_post_check_row_security() is
'Part of auto_post_check: row-level security on the platform''s tables, and the roles of autopost that it affects.';
