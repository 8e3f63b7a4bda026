-- How many alerts each of these summaries ($1, ids) stands for. Read it while their agents are locked.
select o.id, (o.summary ->> 'count')::integer as alerts
from {{ schema }}.auto_post_outbox as o
where o.id = any($1::uuid[])
