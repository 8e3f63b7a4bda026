-- By whom the posts of the last hour were written, llm or template: of those that the outbox holds, as status_hour.sql
-- counts them, with what the audit log says of each. A union and no join: it takes as long whatever the statistics say.
select w.generator, count(*) as posts
from (
    select coalesce(min(b.generator), 'unknown') as generator
    from (
        select o.id::text as id, null as generator, true as is_held
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at > now() - interval '1 hour' and o.state = 'posted'
        union all
        select l.details ->> 'outbox_id' as id, l.details ->> 'generator' as generator, false as is_held
        from {{ platform }}.audit_log as l
        where l.occurred_at > now() - interval '61 minutes' and l.action = 'auto_post.posted'
    ) as b
    group by b.id
    having bool_or(b.is_held)
) as w
group by w.generator
order by posts desc, w.generator asc
