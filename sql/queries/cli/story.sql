-- The history of the operation $1, step by step.
select s.happened_at, s.step, s.detail
from {{ schema }}.auto_post_history($1) as s
