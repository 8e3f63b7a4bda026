-- Why operations of the last day were not posted, hour by hour.
create or replace view {{ schema }}.auto_post_skips
with (security_invoker = true)
as
select
    date_trunc('hour', o.finished_at) as at_hour,
    o.reason,
    count(*) as operations,
    count(distinct o.agent_id) as agents
from {{ schema }}.auto_post_outbox as o
where o.state = 'skipped' and o.finished_at > now() - interval '1 day'
group by at_hour, o.reason
order by at_hour desc, operations desc, o.reason asc;

comment on view {{ schema }}.auto_post_skips is
'Why operations of the last day were not posted: how many for each reason, hour by hour.';
