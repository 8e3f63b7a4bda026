-- Locks agents ($1) until the end of the transaction: the advisory lock of each, and its row of auto_post_rate_limits.
-- Returns for each agent whether its advisory lock is ours, and whether the agent is locked: only then may it post.
-- $2: agents whose advisory lock another session keeps; for them the row alone is enough. Any role can take an advisory
-- lock, but only autopost's roles can lock a row, so the row alone is what guards the rate limit.
-- Never waits, except for a publication that inserts the first row of an agent of $2 at the same moment.
with wanted as materialized (
    select
        w.agent_id,
        coalesce(
            pg_try_advisory_xact_lock(hashtextextended('autopost agent ' || c.lock_salt || w.agent_id, 0)), false
        ) as is_free
    from unnest($1::text[]) as w (agent_id)
    left join {{ schema }}.auto_post_control as c on true
),

candidates as (
    select w.agent_id from wanted as w
    where w.is_free or w.agent_id = any($2::text[])
),

-- An agent that has not posted yet has no row. Nobody else can lock a row that this transaction has inserted.
inserted as (
    insert into {{ schema }}.auto_post_rate_limits (agent_id)
    select f.agent_id
    from candidates as f
    where (select r.agent_id from {{ schema }}.auto_post_rate_limits as r where f.agent_id = r.agent_id) is null
    order by f.agent_id
    on conflict (agent_id) do nothing
    returning agent_id
),

locked as (
    select r.agent_id
    from {{ schema }}.auto_post_rate_limits as r
    where r.agent_id = any(array(select f.agent_id from candidates as f))
    for update skip locked
)

select
    w.agent_id, w.is_free,
    w.agent_id = any(array(select i.agent_id from inserted as i) || array(select l.agent_id from locked as l))
        as is_locked
from wanted as w
