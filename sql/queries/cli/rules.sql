-- The rules, in the order of their ids.
select r.id, r.enabled, r.operation_type, r.match, r.status, r.is_alert, r.since, r.title, r.description
from {{ schema }}.auto_post_rules as r
order by r.id
