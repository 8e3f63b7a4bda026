-- Adds dead letters of a webhook ($1): $2 positions, $3 posts, $4 tenants, $5 agents, $6 messages, $7 errors.
insert into {{ schema }}.auto_post_webhook_dead_letters (hook, position, post_id, tenant_id, agent_id, message, error)
select $1, g.position, g.post_id, g.tenant_id, g.agent_id, g.message, g.error
from
    unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        as g (position, post_id, tenant_id, agent_id, message, error)
order by g.position
on conflict (hook, position) do update set error = excluded.error, retry = false
