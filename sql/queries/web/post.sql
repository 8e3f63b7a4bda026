-- The outcome of the post $1, as outbox/outcomes has it, the latest where it was decided more than once; no row without
-- such a post. Its operation is that of its metadata, or else of the outbox row with its id.
select
    coalesce(l.id, p.id) as id, coalesce(l.occurred_at, p.created_at) as occurred_at, 'posted' as outcome,
    coalesce(l.agent_id, p.author_id) as agent_id, left(a.name, 200) as agent_name,
    left(a.maturity, 100) as maturity, left(l.operation_type, 200) as operation_type, left(l.status, 100) as status,
    coalesce(p.post_metadata ->> 'tracker_id', o.tracker_id) as tracker_id, null as why,
    left(l.details ->> 'generator', 40) as generator, p.post_type = 'alert' as is_alert,
    left(coalesce(l.details ->> 'title', p.post_metadata ->> 'title'), 60) as title, left(p.content, 4000) as content,
    p.tenant_id::text as tenant_id, left(a.category, 100) as category, p.id as post_id,
    left(p.post_metadata ->> 'link', 2001) as link, p.post_metadata -> 'digest' as digest
from {{ platform }}.social_posts as p
left join {{ schema }}.auto_post_operations as o
    on o.id = case when p.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p.id::uuid end
left join lateral (
    select g.id, g.occurred_at, g.agent_id, g.operation_type, g.status, g.details
    from {{ platform }}.audit_log as g
    where
        g.tracker_id = coalesce(p.post_metadata ->> 'tracker_id', o.tracker_id)
        and g.post_id = p.id and g.action = 'auto_post.posted'
    order by g.occurred_at desc, g.id desc
    limit 1
) as l on true
-- One, also of an id that is not unique.
left join lateral (
    select k.name, k.maturity, k.category from {{ platform }}.agents as k
    where p.author_id = k.id
    order by k.id
    limit 1
) as a on true
where p.id = $1 and p.auto_generated and p.author_type = 'agent'
