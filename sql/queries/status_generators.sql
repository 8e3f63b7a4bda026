-- By whom the posts of the last hour were written: llm or template.
select coalesce(l.details ->> 'generator', 'unknown') as generator, count(*) as posts
from {{ schema }}.audit_log as l
where l.occurred_at > now() - interval '1 hour' and l.action = 'auto_post.posted'
group by generator
order by posts desc, generator asc
