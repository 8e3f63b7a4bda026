-- Gives the two groups their rights on the views again, where they have rights in this schema: a view that was dropped
-- with what it depended on has lost them. As in roles/grants.sql.
do $mapping$
declare
    v_right record;
begin
    for v_right in
        select g.group_name, o.name
        from (values ('auto_post_worker'), ('auto_post_reader')) as g (group_name)
        inner join pg_catalog.pg_roles as r on g.group_name = r.rolname
        inner join (
            values ('agents', true), ('social_posts', false), ('audit_log', false)
        ) as o (name, is_workers) on o.is_workers or g.group_name = 'auto_post_reader'
        where pg_catalog.has_table_privilege(r.oid, '{{ schema }}.auto_post_control', 'select')
    loop
        execute pg_catalog.format('grant select on {{ schema }}.%I to %I', v_right.name, v_right.group_name);
    end loop;
    for v_right in
        select c.group_name, c.privilege, c.relation, pg_catalog.quote_ident(c.column_name) as name
        from {{ schema }}.auto_post_column_rights() as c
        inner join pg_catalog.pg_roles as r on c.group_name = r.rolname
        where
            c.relation in ('{{ schema }}.social_posts'::regclass, '{{ schema }}.audit_log'::regclass)
            and pg_catalog.has_table_privilege(r.oid, '{{ schema }}.auto_post_control', 'select')
    loop
        execute pg_catalog.format(
            'grant %s (%s) on %s to %I', v_right.privilege, v_right.name, v_right.relation, v_right.group_name
        );
    end loop;
end
$mapping$;
