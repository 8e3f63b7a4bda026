-- The last row of the audit log that outbox/outcomes looks at, $3 rows before ($1, $2); no row when it looks at all.
select g.occurred_at, g.id
from {{ platform }}.audit_log as g
where g.occurred_at <= $1 and (g.occurred_at, g.id) < ($1, $2::text)
order by g.occurred_at desc, g.id desc
limit 1 offset $3 - 1
