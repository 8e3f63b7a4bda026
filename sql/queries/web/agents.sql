-- The agents of the newest $1 rows of the audit log, by name, at most 200; of the tenant $2 (NULL: of all).
select distinct r.agent_id as id, left(coalesce(a.name, r.agent_id), 200) as name
from (
    select g.agent_id
    from {{ platform }}.audit_log as g
    order by g.occurred_at desc
    limit $1
) as r
-- One, also of an id that is not unique.
left join lateral (
    select k.name, k.tenant_id::text as tenant_id from {{ platform }}.agents as k
    where r.agent_id = k.id
    order by k.id
    limit 1
) as a on true
where r.agent_id is not null and ($2::text is null or a.tenant_id = $2)
order by name, id
limit 200
