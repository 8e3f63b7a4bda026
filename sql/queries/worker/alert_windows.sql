-- The windows of alerts of agents ($1) that include a moment ($2). Read them while the agents are locked.
select w.agent_id, w.operation_type, w.began_at, w.ends_at, w.posted, w.suppressed
from {{ schema }}.auto_post_alert_windows as w
where w.agent_id = any($1::text[]) and w.began_at <= $2 and w.ends_at > $2
