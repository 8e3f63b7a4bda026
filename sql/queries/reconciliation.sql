-- When the reconciler last reached the end of the platform's table, and whether capturing is on.
select r.last_round_at, c.capture_enabled
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
