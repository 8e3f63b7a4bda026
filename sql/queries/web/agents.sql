-- The agents of the newest $1 rows of the audit log, the latest first, at most $2; of these those of the tenant $3
-- (NULL: all).
select r.agent_id as id, left(coalesce(nullif(a.name, ''), r.agent_id), 200) as name
from (
    select g.agent_id, max(g.occurred_at) as latest_at
    from (
        select l.agent_id, l.occurred_at
        from {{ platform }}.audit_log as l
        order by l.occurred_at desc
        limit $1
    ) as g
    where g.agent_id is not null
    group by g.agent_id
    order by latest_at desc, g.agent_id asc
    limit $2
) as r
-- One, also of an id that is not unique.
left join lateral (
    select k.name, k.tenant_id from {{ schema }}.auto_post_agents(r.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
where $3::text is null or a.tenant_id = $3
order by r.latest_at desc, r.agent_id asc
