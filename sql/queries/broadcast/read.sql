-- The log after a position ($1) in its order, at most $2 events, without those that a consumer ($3) has delivered, with
-- the rule that made each post while it is known.
select
    a.position, a.post_id, a.tenant_id, a.agent_id, a.agent_name, a.agent_maturity, a.agent_category, a.post_type,
    a.content, a.post_metadata, a.post_values, a.created_at, o.rule_id
from {{ schema }}.auto_post_events as a
-- One probe each, whatever the planner expects of the sizes.
left join lateral (
    select k.rule_id from {{ schema }}.auto_post_outbox as k
    where k.id = case when a.post_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then a.post_id::uuid end
    order by k.id
    limit 1
) as o on true
where
    a.position > $1
    and not a.position <@ (select p.ahead from {{ schema }}.auto_post_consumers as p where p.name = $3)
order by a.position
limit $2
