-- Takes the free advisory locks of agents ($1), until the end of the transaction. Never waits.
select w.agent_id, pg_try_advisory_xact_lock(hashtextextended('autopost agent ' || w.agent_id, 0)) as locked
from unnest($1::text[]) as w (agent_id)
