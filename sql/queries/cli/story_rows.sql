-- The outbox rows of the operation $1, with the rule that each met, and its post. Finds them by their
-- ids, without a scan of the outbox.
select
    o.id, o.state, o.is_alert, o.agent_id, a.name as agent_name, a.maturity as agent_maturity, o.operation_type,
    o.status, o.captured_at, o.available_at = 'infinity' as parked,
    case when o.available_at < 'infinity' then o.available_at end as available_at, o.claimed_at, o.worker, o.attempts,
    o.reason, o.last_error, o.finished_at, r.id as rule_id, r.operation_type as rule_operation_type,
    r.status as rule_status, r.title as rule_title, r.description as rule_description, p.content as post
from {{ schema }}.auto_post_rules as r
inner join {{ schema }}.auto_post_operations as o on o.id = {{ schema }}.auto_post_outbox_id($1, r.id)
-- One, also of an id that is not unique.
left join lateral (
    select k.name, k.maturity from {{ schema }}.auto_post_agents(o.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
left join {{ platform }}.social_posts as p on o.post_id = p.id
order by o.captured_at, o.id
