-- What is paused beside the switch for all, at most 50.
select p.kind, left(p.value, 200) as value
from {{ schema }}.auto_post_pauses as p
order by p.kind, p.value
limit 50
