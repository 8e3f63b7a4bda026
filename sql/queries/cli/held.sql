-- What a purge of an agent ($1) or of a tenant ($2) would remove: rows, and how many of them wait.
select count(*) as rows, count(*) filter (where o.state in ('pending', 'claimed')) as waiting
from {{ schema }}.auto_post_outbox as o
where o.agent_id = $1 or o.tenant_id = $2
