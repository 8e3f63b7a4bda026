-- The event log after a position ($1), at most $2 of it, in its order; in each row, of which there is one at
-- least, the log's last place. What is no longer on the feed has no content.
select
    l.position as log_position, n.position, n.post_id, n.tenant_id, n.agent_id, n.agent_name, n.agent_maturity,
    n.agent_category, n.post_type, left(p.content, 4000) as content, p.post_metadata, n.created_at
from {{ schema }}.auto_post_consumers as l
left join lateral (
    select
        a.position, a.post_id, a.tenant_id, a.agent_id, a.agent_name, a.agent_maturity, a.agent_category, a.post_type,
        a.created_at
    from {{ schema }}.auto_post_events as a
    where a.position > $1 and a.position <= l.position
    order by a.position
    limit $2
) as n on true
left join {{ platform }}.social_posts as p on n.post_id = p.id
where l.name = 'log'
order by n.position
