-- How many rows of the outbox wait, are held by a worker, or are dead, one row.
select
    count(*) filter (where o.state = 'pending') as pending,
    count(*) filter (where o.state = 'claimed') as claimed,
    count(*) filter (where o.state = 'dead') as dead
from {{ schema }}.auto_post_outbox as o
where o.state in ('pending', 'claimed', 'dead')
