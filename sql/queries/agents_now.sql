-- What the database says of the agents ($1) at this moment, by its own clock. To be read under their locks.
select
    w.agent_id, a.id as known_agent_id, a.name as agent_name, a.maturity as agent_maturity,
    a.category as agent_category, l.last_post_at, clock_timestamp() as now
from unnest($1::text[]) as w (agent_id)
left join {{ schema }}.agents as a on w.agent_id = a.id
left join {{ schema }}.auto_post_rate_limits as l on w.agent_id = l.agent_id
