-- Posts of agents before a place ($6, $7), the newest first, at most $3: of an agent ($1; NULL: of all), of a type ($2;
-- NULL: of all), and of the tenant $5 (NULL: of all). operation: its title, or else its type. digest: what the post
-- carries of its agent's rate-limited operations.
-- Looks at $4 posts of the feed at most. In each row, of which there is one at least, the last of them, NULL where the
-- feed has no more; a row without a post has no id.
with looked_at as materialized (
    select
        p.id, p.tenant_id, p.author_type, p.author_id, p.post_type, p.content, p.auto_generated, p.created_at,
        p.post_metadata
    from {{ platform }}.social_posts as p
    where p.created_at <= $6 and (p.created_at, p.id) < ($6, $7::text)
    order by p.created_at desc, p.id desc
    limit $4
),

looks as (
    select count(*) as posts from looked_at
),

last_look as (
    select l.created_at, l.id
    from looked_at as l
    order by l.created_at asc, l.id asc
    limit 1
),

found as (
    select r.*
    from looked_at as r
    where
        r.auto_generated and r.author_type = 'agent'
        and ($1::text is null or r.author_id = $1) and ($2::text is null or r.post_type = $2)
        and ($5::text is null or r.tenant_id::text = $5)
    order by r.created_at desc, r.id desc
    limit $3
)

select
    n.id, n.author_id as agent_id, left(a.name, 200) as agent_name, n.post_type, left(n.content, 4000) as content,
    n.created_at, n.post_metadata -> 'digest' as digest,
    left(coalesce(n.post_metadata ->> 'title', n.post_metadata ->> 'operation_type'), 200) as operation,
    left(n.post_metadata ->> 'link', 2001) as link, h.created_at as horizon_at, h.id as horizon_id
from looks as s
left join last_look as h on s.posts = $4
left join found as n on true
left join lateral (
    select k.name from {{ schema }}.auto_post_agents(n.author_id) as k
    limit 1 -- noqa: AM09
) as a on true
order by n.created_at desc, n.id desc
