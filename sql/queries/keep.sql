-- Keeps written texts with their rows before publishing. $1 ids, $2 epochs, $3 texts.
update {{ schema }}.auto_post_outbox as o
set kept = v.kept
from unnest($1::uuid[], $2::integer[], $3::jsonb[]) as v (id, epoch, kept)
where o.id = v.id and o.epoch = v.epoch and o.state = 'claimed'
