-- Takes the advisory lock of each agent ($1), in the order of the keys so that two groups cannot deadlock.
-- Held to the end of the transaction.
select pg_advisory_xact_lock(k.key)
from (
    select distinct hashtextextended('autopost agent ' || w.agent_id, 0) as key
    from unnest($1::text[]) as w (agent_id)
    order by key
) as k
