-- The agents of the newest $1 rows of the audit log, by name, at most 200.
select distinct r.agent_id as id, left(coalesce(a.name, r.agent_id), 200) as name
from (
    select g.agent_id
    from {{ platform }}.audit_log as g
    order by g.occurred_at desc
    limit $1
) as r
-- One, also of an id that is not unique.
left join lateral (
    select k.name from {{ schema }}.auto_post_agents(r.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
where r.agent_id is not null
order by name, id
limit 200
