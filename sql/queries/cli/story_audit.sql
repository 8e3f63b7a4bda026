-- What the audit log says of the operation $1, the oldest first.
select l.occurred_at, l.action, l.agent_id, l.post_id, l.details::text as details
from {{ platform }}.audit_log as l
where l.tracker_id = $1 and l.action collate "C" like 'auto\_post.%'  -- noqa: RF03
order by l.occurred_at, l.id
