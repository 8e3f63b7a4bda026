-- Saves written texts with their rows before publishing. $1 ids, $2 epochs, $3 texts.
-- Locks the rows in the order of their ids.
with mine as (
    select o.id, v.draft
    from {{ schema }}.auto_post_outbox as o
    inner join unnest(
        $1::uuid[], $2::integer[], $3::jsonb[]
    ) as v (id, epoch, draft) on o.id = v.id
    where case when o.epoch = v.epoch then o.state = 'claimed' else false end
    order by o.id
    for update of o
)

update {{ schema }}.auto_post_outbox as o
set draft = mine.draft
from mine
where o.id = mine.id
