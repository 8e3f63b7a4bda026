-- Who wrote the posts of the last hour, and why it was not the LLM, at most 20. Looks at $1 rows at the most, the
-- newest.
select
    left(n.details ->> 'generator', 40) as generator, left(n.details ->> 'fallback', 40) as fallback,
    count(*) as posts
from (
    select g.occurred_at, g.action, g.details
    from {{ schema }}.audit_log as g
    where g.occurred_at > now() - interval '1 hour'
    order by g.occurred_at desc
    limit $1
) as n
where n.action = 'auto_post.posted'
group by left(n.details ->> 'generator', 40), left(n.details ->> 'fallback', 40)
order by posts desc, generator asc, fallback asc
limit 20
