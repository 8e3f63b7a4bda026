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
comment on column {{ schema }}.auto_post_skips.at_hour is 'The hour in which it was decided.';
comment on column {{ schema }}.auto_post_skips.reason is
'Why: rate_limited, alert_storm, digest_empty, maturity_blocked, tenant_mismatch, agent_unknown, agent_ambiguous, '
'missing_explanation, refused_by_platform, or the reason that auto_post_skip was given.';
comment on column {{ schema }}.auto_post_skips.operations is 'How many operations.';
comment on column {{ schema }}.auto_post_skips.agents is 'Of how many agents.';
