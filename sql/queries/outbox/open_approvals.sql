-- Approval requests posted since $1 that still wait for an answer, the newest $2 at most. $3 agents, $4 tenants,
-- $5 categories: only of these; NULL: of all.
select
    o.agent_id, left(a.name, 200) as agent_name, o.tracker_id, o.post_id,
    o.finished_at as asked_at,
    (select u.title from {{ schema }}.auto_post_rules as u where o.rule_id = u.id) as title
from {{ schema }}.auto_post_open_approvals($1, $2) as w (id)
inner join {{ schema }}.auto_post_operations as o on w.id = o.id
left join lateral (
    select format('%s', k.name) as name, format('%s', k.category) as category
    from {{ platform }}.agents as k
    where o.agent_id = k.id and pg_column_size(k.name) < 10000
    order by k.id
    limit 1
) as a on true
where
    ($3::text[] is null or o.agent_id = any($3))
    and ($4::text[] is null or o.tenant_id = any($4))
    and ($5::text[] is null or a.category = any($5))
order by o.finished_at desc
limit $2
