-- How many alerts each of these summaries ($1, ids) stands for. Locks them in the order of their ids: an alert that is
-- counted later finds them finished.
select o.id, (o.summary ->> 'count')::integer as alerts
from {{ schema }}.auto_post_outbox as o
where o.id = any($1::uuid[])
order by o.id
for update
