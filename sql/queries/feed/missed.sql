-- The newest of the event log after a position ($1), the newest first, at most $5: of all ($2), alerts ($3), or
-- of agents ($4); of the tenant $7 (NULL: of all). Looks at the log's last $6 positions at most.
-- In each row, of which there is one at least, the log's last position, and from which one on it was looked at. What is
-- no longer on the feed has no content.
with kept as (
    select min(k.position) as position
    from {{ schema }}.auto_post_events as k
    where k.position is not null
),

reach as (
    select
        l.position as log_position,
        greatest($1::bigint + 1, l.position - $6::bigint + 1, coalesce(kept.position, l.position + 1)) as told_from
    from {{ schema }}.auto_post_consumers as l
    cross join kept
    where l.name = 'log'
)

select
    reach.log_position, reach.told_from, n.position, n.post_id, n.tenant_id, n.agent_id, n.agent_name,
    n.agent_maturity, n.agent_category, n.post_type, left(p.content, 4000) as content, p.post_metadata, n.created_at
from reach
left join lateral (
    select
        a.position, a.post_id, a.tenant_id, a.agent_id, a.agent_name, a.agent_maturity, a.agent_category, a.post_type,
        a.created_at
    from {{ schema }}.auto_post_events as a
    where
        a.position >= reach.told_from and a.position <= reach.log_position
        and ($2::boolean or ($3::boolean and a.post_type = 'alert') or a.agent_id = any($4::text[]))
        and ($7::text is null or a.tenant_id = $7)
    order by a.position desc
    limit $5
) as n on true
left join {{ platform }}.social_posts as p on n.post_id = p.id
order by n.position desc
