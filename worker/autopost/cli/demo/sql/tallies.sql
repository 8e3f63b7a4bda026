-- How many: skips by reason, posts by generator, redactions by type. A row for each, the largest first.
select 'skip' as kind, l.details ->> 'reason' as name, count(*) as number
from {{ platform }}.audit_log as l
where l.action = 'auto_post.skipped'
group by l.details ->> 'reason'
union all
select 'generator' as kind, l.details ->> 'generator' as name, count(*) as number
from {{ platform }}.audit_log as l
where l.action = 'auto_post.posted'
group by l.details ->> 'generator'
union all
select 'redaction' as kind, r.key as name, sum(r.value::integer) as number
from {{ platform }}.audit_log as l
cross join jsonb_each_text(l.details -> 'redactions') as r
where l.action like 'auto\_post.%'
group by r.key
order by kind, number desc, name
