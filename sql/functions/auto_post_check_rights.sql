-- Part of auto_post_check: what PUBLIC and the two groups may do here, held against sql/roles/grants.sql.
create or replace function {{ schema }}.auto_post_check_rights()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with intended (group_name, privilege, objects) as (
        values
        (
            'auto_post_worker', 'SELECT',
            'agents auto_post_schema_version auto_post_compatibility auto_post_control auto_post_tombstones auto_post_pauses '
            'auto_post_outbox auto_post_operations auto_post_rate_limits auto_post_alert_windows auto_post_llm_days auto_post_workers '
            'auto_post_rules auto_post_reconciliation auto_post_not_captured auto_post_events auto_post_consumers '
            'auto_post_webhook_dead_letters auto_post_webhook_summaries auto_post_rate_limited auto_post_ended_sessions'
        ),
        (
            'auto_post_worker', 'INSERT',
            'auto_post_rate_limits auto_post_llm_days auto_post_workers auto_post_events auto_post_consumers '
            'auto_post_webhook_dead_letters auto_post_webhook_summaries auto_post_rate_limited'
        ),
        (
            'auto_post_worker', 'DELETE',
            'auto_post_workers auto_post_events auto_post_webhook_dead_letters auto_post_webhook_summaries '
            'auto_post_rate_limited'
        ),
        (
            'auto_post_worker', 'EXECUTE',
            'auto_post_host_problems auto_post_committed auto_post_reconcile auto_post_expire auto_post_count_alerts '
            'auto_post_sequence_events auto_post_column_rights auto_post_platform_changes auto_post_json '
            'auto_post_outbox_is_sound auto_post_add_digests auto_post_open_approvals auto_post_end_session '
            'auto_post_compiled_bodies auto_post_agents auto_post_type_of auto_post_compiled_title'
        ),
        (
            'auto_post_reader', 'SELECT',
            'agents social_posts audit_log auto_post_schema_version auto_post_compatibility auto_post_rules '
            'auto_post_control auto_post_pauses auto_post_workers auto_post_rate_limits auto_post_reconciliation '
            'auto_post_alert_windows auto_post_rate_limited auto_post_llm_days auto_post_not_captured auto_post_tombstones '
            'auto_post_health auto_post_dead '
            'auto_post_stuck auto_post_skips auto_post_mapping auto_post_operations auto_post_consumers '
            'auto_post_ended_sessions'
        ),
        (
            'auto_post_reader', 'EXECUTE',
            'auto_post_host_problems auto_post_outbox_id auto_post_history auto_post_column_rights '
            'auto_post_platform_changes auto_post_json auto_post_open_approvals auto_post_end_session '
            'auto_post_compiled_bodies auto_post_agents auto_post_type_of'
        )
    ),

    columns as (
        select r.oid as grantee, c.group_name, c.privilege, c.relation, c.column_name
        from {{ schema }}.auto_post_column_rights() as c
        inner join pg_catalog.pg_roles as r on c.group_name = r.rolname
    ),

    groups as (
        select r.oid, r.rolname as name
        from pg_catalog.pg_roles as r
        where r.rolname in ('auto_post_worker', 'auto_post_reader')
    ),

    objects as (
        select
            c.relname as name, c.relacl as acl, c.oid::pg_catalog.regclass::text as shown, '' as kind
        from pg_catalog.pg_class as c
        where
            c.relkind in ('r', 'p', 'v', 'S', 'f')
            and (
                (c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace and c.relname like 'auto\_post\_%')
                or (
                    c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
                    and c.relname in ('agents', 'operation_trackers', 'social_posts', 'audit_log')
                )
            )
        union all
        select
            p.proname, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
            p.oid::pg_catalog.regprocedure::text, 'function '
        from pg_catalog.pg_proc as p
        where p.pronamespace = '{{ schema }}'::pg_catalog.regnamespace and p.proname like 'auto\_post\_%'
    ),

    given as (
        select o.name, o.shown, o.kind, a.grantee, a.privilege_type as privilege
        from objects as o
        cross join pg_catalog.aclexplode(o.acl) as a
        where a.grantee = 0 or a.grantee in (select g.oid from groups as g)
        union all
        select c.relname, c.oid::pg_catalog.regclass::text, '', a.grantee, a.privilege_type || ' (' || t.attname || ')'
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and t.attacl is not null
        cross join pg_catalog.aclexplode(t.attacl) as a
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relname like 'auto\_post\_%'
            and (a.grantee = 0 or a.grantee in (select g.oid from groups as g))
            and not exists (
                select from columns as g
                where
                    g.grantee = a.grantee and g.privilege = a.privilege_type
                    and g.relation = c.oid and g.column_name = t.attname
            )
    ),

    public as (
        select
            g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from public;', g.privilege, g.kind, g.shown) as remedy
        from given as g
        where g.grantee = 0 and g.name like 'auto\_post\_%'
    ),

    beyond as (
        select
            r.name as group_name, g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from %s;', g.privilege, g.kind, g.shown, r.name)
            -- That takes the right on single columns away too.
            || coalesce((
                select
                    pg_catalog.format(
                        ' grant %s (%s) on %s to %s;', c.privilege,
                        pg_catalog.string_agg(pg_catalog.quote_ident(c.column_name), ', '), g.shown, r.name
                    )
                from columns as c
                where c.grantee = r.oid and c.privilege = g.privilege and c.relation::text = g.shown
                group by c.privilege
            ), '') as remedy
        from given as g
        inner join groups as r on g.grantee = r.oid
        where
            g.name not like 'auto\_post\_check%'
            and not exists (
                select from intended as i
                where
                    i.group_name = r.name and i.privilege = g.privilege
                    and g.name = any(pg_catalog.string_to_array(i.objects, ' '))
            )
    ),

    below as (
        select i.group_name, i.privilege || ' on ' || n.name as what
        from intended as i
        cross join pg_catalog.string_to_table(i.objects, ' ') as n (name)
        inner join groups as r on i.group_name = r.name
        inner join objects as o on n.name = o.name
        where not exists (
            select from given as g where g.grantee = r.oid and g.privilege = i.privilege and g.shown = o.shown
        )
        union all
        select r.name, 'EXECUTE on ' || o.name
        from groups as r
        cross join objects as o
        where
            o.name like 'auto\_post\_check%'
            and not exists (select from given as g where g.grantee = r.oid and g.shown = o.shown)
        union all
        select c.group_name, pg_catalog.format('%s (%s) on %s', c.privilege, c.column_name, t.relname)
        from columns as c
        inner join pg_catalog.pg_class as t on c.relation = t.oid
        where not pg_catalog.has_column_privilege(c.grantee, c.relation, c.column_name, c.privilege)
        union
        select r.name, 'USAGE on schema ' || n.schema_name
        from groups as r
        cross join (values ('{{ schema }}'), ('{{ platform }}')) as n (schema_name)
        where not pg_catalog.has_schema_privilege(r.oid, n.schema_name::pg_catalog.regnamespace, 'USAGE')
    )

    select
        case when pg_catalog.count(*) = 0 then 'ok' else 'problem' end, 'rights of PUBLIC',
        coalesce(pg_catalog.string_agg(p.what, ', ' order by p.what), 'none on what is autopost''s'),
        pg_catalog.string_agg(p.remedy, ' ' order by p.what)
    from public as p
    union all
    select
        case
            when not coalesce(g.has_any, false) then case n.name when 'auto_post_worker' then 'warning' else 'ok' end
            when m.what is null and b.what is null then 'ok'
            when b.what is not null then 'problem'
            else 'warning'
        end,
        'rights of ' || n.name,
        case
            when not coalesce(g.has_any, false) then
                case when g.has_any is null then 'there is no such role' else 'none in this schema' end
                || case n.name when 'auto_post_worker' then ': workers run with the rights of others' else '' end
            when m.what is null and b.what is null then 'as autopost grant gives them'
            else pg_catalog.concat_ws('; ', 'lacks ' || b.what, 'has beyond what it needs ' || m.what)
        end,
        case
            when not coalesce(g.has_any, false) and n.name = 'auto_post_reader' then null
            when not coalesce(g.has_any, false) or b.what is not null then
                pg_catalog.concat_ws(' ', 'autopost grant', '# and: ' || m.remedy)
            else m.remedy
        end
    from (values ('auto_post_worker'), ('auto_post_reader')) as n (name)
    left join (
        select r.name, exists (select from given as h where h.grantee = r.oid) as has_any
        from groups as r
    ) as g on n.name = g.name
    left join (
        select
            e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what,
            pg_catalog.string_agg(e.remedy, ' ' order by e.what) as remedy
        from beyond as e
        group by e.group_name
    ) as m on n.name = m.group_name
    left join (
        select e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what
        from below as e
        group by e.group_name
    ) as b on n.name = b.group_name
$$;

revoke execute on function {{ schema }}.auto_post_check_rights() from public;

comment on function {{ schema }}.auto_post_check_rights() is
'Part of auto_post_check: the rights of PUBLIC and of the groups auto_post_worker and auto_post_reader.';
