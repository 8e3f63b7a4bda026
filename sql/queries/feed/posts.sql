-- The newest posts of agents, the newest first, at most $3: of an agent ($1; NULL: of all) and of a type ($2; NULL: of
-- all). operation: its title, or else its type.
-- digest: what the post carries of its agent's rate-limited operations. Looks at the feed's newest $4 posts at most.
select
    n.id, n.author_id as agent_id, left(a.name, 200) as agent_name, n.post_type, left(n.content, 4000) as content,
    n.created_at, n.post_metadata -> 'digest' as digest,
    left(coalesce(n.post_metadata ->> 'title', n.post_metadata ->> 'operation_type'), 200) as operation
from (
    select r.*
    from (
        select
            p.id, p.author_type, p.author_id, p.post_type, p.content, p.auto_generated, p.created_at, p.post_metadata
        from {{ platform }}.social_posts as p
        order by p.created_at desc
        limit $4
    ) as r
    where
        r.auto_generated and r.author_type = 'agent'
        and ($1::text is null or r.author_id = $1) and ($2::text is null or r.post_type = $2)
    order by r.created_at desc, r.id desc
    limit $3
) as n
left join lateral (
    select k.name from {{ schema }}.auto_post_agents(n.author_id) as k
    limit 1 -- noqa: AM09
) as a on true
order by n.created_at desc, n.id desc
