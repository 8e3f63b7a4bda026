-- Announcements after a place ($1) in the order of the log, at most $2.
select
    a.position, a.post_id, a.tenant_id, a.agent_id, a.agent_name, a.agent_maturity, a.agent_category, a.post_type,
    a.content, a.post_metadata, a.created_at
from {{ schema }}.auto_post_announcements as a
where a.position > $1
order by a.position
limit $2
