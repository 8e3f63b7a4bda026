-- Locks agents ($1) until the end of the transaction, the advisory lock of each and its row of auto_post_rate_limits,
-- and returns them as they are, by the database's clock: one row without an agent when $1 is empty.
-- is_free: the advisory lock is ours. is_locked: the agent is; only then may it post, and is the rest of use.
-- $2: agents whose advisory lock another session keeps; for them the row alone is enough. Any role can take an advisory
-- lock, but only autopost's roles can lock a row, so the row alone is what guards the rate limit.
-- Never waits, except for a publication that inserts the first row of an agent of $2 at the same moment.
-- kept: what was skipped as rate_limited and no post has carried yet. What belongs to a tenant without posts is carried
-- for an hour: a long transaction keeps dead rows, and no post should read them all.
-- $3, $4: lock_timeout and statement_timeout of the statements that follow in this transaction.
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
    select r.agent_id, r.last_post_at
    from {{ schema }}.auto_post_rate_limits as r
    where r.agent_id = any(array(select f.agent_id from candidates as f))
    for update skip locked
),

-- A locked row is the newest version, and all else is read as it was when this statement began: an agent that posted
-- in between is not ours.
ours as materialized (
    select i.agent_id, null::timestamptz as last_post_at from inserted as i
    union all
    select l.agent_id, l.last_post_at
    from locked as l
    where
        l.last_post_at is not distinct from (
            select r.last_post_at from {{ schema }}.auto_post_rate_limits as r where r.agent_id = l.agent_id
        )
),

-- After the locks, so that the times of an agent's posts ascend: the condition is evaluated first.
moment as materialized (
    select
        clock_timestamp() as now, set_config('lock_timeout', $3::text, true) as lock_timeout,
        set_config('statement_timeout', $4::text, true) as statement_timeout
    where cardinality(array(select o.agent_id from ours as o)) >= 0
)

select
    w.agent_id, w.is_free, o.agent_id is not null as is_locked,
    -- As in a claim: a second one if the id is not unique.
    array(
        select array[a.name, a.maturity, a.tenant_id] from {{ schema }}.auto_post_agents(w.agent_id) as a
    ) as agents,
    o.last_post_at, m.now,
    array(
        select
            jsonb_build_array(
                r.id, r.tenant_id, {{ schema }}.auto_post_compiled_title(r.rule_id),
                r.operation_type, r.status, r.operations
            )
        from {{ schema }}.auto_post_rate_limited as r
        where r.agent_id = w.agent_id and r.skipped_at > coalesce(o.last_post_at - interval '1 hour', '-infinity')
        order by r.skipped_at
        limit 1000
    ) as kept
from moment as m
left join wanted as w on true
left join ours as o on w.agent_id = o.agent_id
