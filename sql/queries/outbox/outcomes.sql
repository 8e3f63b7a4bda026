-- Outcomes, the newest first, at most $7, among the newest $8 rows of the audit log that are later than $1 and before
-- ($2, $3). Of the agent $4 (NULL: all); alerts or not ($5, NULL: both); $6: posts only. Without those whose ids are
-- in $9. Of the tenant $10 (NULL: of all): the post's, or else the agent's, and then nothing that concerns two. Of the
-- operation type $11 (NULL: of all). With the text $12 in the post, in any letter case, or as the operation's id (NULL:
-- any). digest: what the post carries of its agent's rate-limited operations.
select
    l.id, l.occurred_at, replace(l.action, 'auto_post.', '') as outcome, l.agent_id, left(a.name, 200) as agent_name,
    left(a.maturity, 100) as maturity, left(l.operation_type, 200) as operation_type, left(l.status, 100) as status,
    l.tracker_id, left(coalesce(l.details ->> 'reason', l.details ->> 'error'), 200) as why,
    left(l.details ->> 'generator', 40) as generator,
    coalesce(l.details ->> 'is_alert' = 'true', false) as is_alert, left(l.details ->> 'title', 60) as title,
    left(p.content, 4000) as content,
    case
        when l.details ->> 'reason' in ('tenant_mismatch', 'agent_ambiguous') then null  -- it concerns two
        else coalesce(p.tenant_id::text, a.tenant_id)
    end as tenant_id,
    left(a.category, 100) as category, p.id as post_id, left(p.post_metadata ->> 'link', 2001) as link,
    l.details -> 'digest' as digest
from (
    select r.*
    from (
        select
            g.id, g.occurred_at, g.action, g.agent_id, g.operation_type, g.status, g.tracker_id, g.post_id, g.details
        from {{ platform }}.audit_log as g
        where g.occurred_at > $1 and g.occurred_at <= $2 and (g.occurred_at, g.id) < ($2, $3::text)
        order by g.occurred_at desc, g.id desc
        limit $8
    ) as r
    {{ part.wanted_outcome }}
    order by r.occurred_at desc, r.id desc
    limit $7
) as l
-- One, also of an id that is not unique.
left join lateral (
    select k.name, k.maturity, k.category, k.tenant_id::text as tenant_id
    from {{ schema }}.auto_post_agents(l.agent_id) as k
    limit 1 -- noqa: AM09
) as a on true
left join {{ platform }}.social_posts as p on l.post_id = p.id
order by l.occurred_at desc, l.id desc
