-- The events at positions of the log ($1).
select
    a.position, a.post_id, a.tenant_id, a.agent_id, a.agent_name, a.agent_maturity, a.agent_category, a.post_type,
    a.content, a.post_metadata, a.post_values, a.created_at
from {{ schema }}.auto_post_events as a
where a.position = any($1::bigint[])
