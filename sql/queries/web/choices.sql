-- What a filter may choose from: the operation types of the newest $1 rows of the audit log, with the title of each,
-- and the tenants of the newest $1 posts; of each the $2 that occur most. Of the tenant $3 and its agents (NULL: of
-- all).
(
    select 'type' as kind, left(n.operation_type, 200) as value, left(max(n.details ->> 'title'), 60) as title
    from (
        select l.operation_type, l.details, l.agent_id
        from {{ platform }}.audit_log as l
        order by l.occurred_at desc
        limit $1
    ) as n
    where
        n.operation_type is not null
        and (
            $3::text is null
            or n.agent_id in (select k.id from {{ platform }}.agents as k where k.tenant_id::text = $3)
        )
    group by left(n.operation_type, 200)
    order by count(*) desc, value asc
    limit $2
)
union all
(
    select 'tenant' as kind, left(n.tenant_id, 200) as value, null as title
    from (
        select p.tenant_id::text as tenant_id
        from {{ platform }}.social_posts as p
        order by p.created_at desc
        limit $1
    ) as n
    where n.tenant_id is not null and ($3::text is null or n.tenant_id = $3)
    group by left(n.tenant_id, 200)
    order by count(*) desc, value asc
    limit $2
)
