-- Who wrote the posts of the last 60 minutes, and why it was not the LLM, at most 20 groups. Counts posts that the
-- outbox holds and the audit log describes, among the newest $1 rows of each. A union and no join, so that its cost
-- does not depend on statistics.
select w.generator, w.fallback, count(*) as posts
from (
    select left(min(b.details ->> 'generator'), 40) as generator, left(min(b.details ->> 'fallback'), 40) as fallback
    from (
        (
            select o.id::text as id, null::jsonb as details, o.state = 'posted' as is_held, false as is_audited
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at >= date_trunc('minute', now()) - interval '59 minutes'
            order by o.finished_at desc
            limit $1
        )
        union all
        select n.details ->> 'outbox_id' as id, n.details, false as is_held, n.action = 'auto_post.posted' as is_audited
        from (
            select g.occurred_at, g.action, g.details
            from {{ platform }}.audit_log as g
            where g.occurred_at > now() - interval '1 hour'
            order by g.occurred_at desc
            limit $1
        ) as n
    ) as b
    group by b.id
    having bool_or(b.is_held) and bool_or(b.is_audited)
) as w
group by w.generator, w.fallback
order by posts desc, w.generator asc, w.fallback asc
limit 20
