claimed as (
    update {{ schema }}.auto_post_outbox as o
    set
        tenant_id = case when p.is_read then p.tenant_id else o.tenant_id end,
        agent_id = case when p.is_read then p.agent_id else o.agent_id end,
        -- A text that is the same stays where it is.
        what_explanation = case
            when p.is_read and p.what_explanation is distinct from o.what_explanation then p.what_explanation
            else o.what_explanation
        end,
        why_explanation = case
            when p.is_read and p.why_explanation is distinct from o.why_explanation then p.why_explanation
            else o.why_explanation
        end,
        next_steps = case
            when p.is_read and p.next_steps is distinct from o.next_steps then p.next_steps else o.next_steps
        end,
        draft = case
            when
                o.draft is not null and p.is_read
                and (p.what_explanation, p.why_explanation, p.next_steps)
                is distinct from (o.what_explanation, o.why_explanation, o.next_steps)
                then null
            else o.draft
        end,
        state = 'claimed',
        epoch = 1 + case
            when (select r.id from {{ schema }}.auto_post_tombstones as r where r.id = o.id) is null then o.epoch
            else greatest(o.epoch, 1000000)
        end,
        attempts = least(o.attempts + 1, 32767),
        worker = $1,
        claimed_at = clock_timestamp(),
        available_at = clock_timestamp() + $2::interval
    from (
        select
            p.place, m.tenant_id, m.agent_id, m.what_explanation, m.why_explanation, m.next_steps, m.error,
            coalesce(
                m.error is null and m.tracker_id = p.tracker_id and m.status is not distinct from p.status
                and (p.agent_id is null or p.agent_id = m.agent_id), false
            ) as is_read
        from picked as p
        left join {{ schema }}.auto_post_committed(
            case when $3::boolean then array(select i.tracker_id from picked as i where i.summary is null) end
        ) as m on p.tracker_id = m.tracker_id
        -- Evaluates is_read once for each row, and an UPDATE copies whole the rows of each join: here one instead of two.
        offset 0
    ) as p
    where o.ctid = p.place
    returning
        o.id, o.epoch, o.attempts, o.crashes, o.tracker_id, o.tenant_id, o.agent_id, o.operation_type, o.status,
        o.is_alert, o.what_explanation, o.why_explanation, o.next_steps, o.captured_at, o.claimed_at, o.draft,
        o.last_error, o.rule_id, o.summary, p.error as read_error
)

select
    cardinality(s.agents) + cardinality(s.types) > 0 as has_pauses,
    c.id, c.epoch, c.attempts, coalesce(c.crashes, 0) as crashes, c.is_alert, c.captured_at, c.claimed_at, c.draft,
    c.tracker_id::varchar(1000),
    c.tenant_id::varchar(200),
    c.agent_id::varchar(200),
    c.operation_type::varchar(200),
    c.status::varchar(200),
    c.last_error::varchar(200),
    c.what_explanation::varchar(4000),
    c.why_explanation::varchar(4000),
    c.next_steps::varchar(4000),
    c.epoch > 1000000 as already_processed, c.read_error, c.rule_id,
    coalesce(c.agent_id = any(s.agents), false) as is_paused,
    -- The title that posts show instead of the operation type.
    {{ schema }}.auto_post_compiled_title(c.rule_id) as rule_title,
    (select r.last_post_at from {{ schema }}.auto_post_rate_limits as r where r.agent_id = c.agent_id) as last_post_at,
    -- A second one: the id is not unique. A longer id is unknown, not another agent's.
    array(
        select array[a.name, a.maturity, a.tenant_id]
        from {{ schema }}.auto_post_agents(case when length(c.agent_id) <= 200 then c.agent_id end) as a
    ) as agents,
    coalesce(c.summary ->> 'kind' = 'digest', false) as is_digest,
    -- The window that the row sums up.
    case
        when c.summary is not null
            then (
                select to_jsonb(n) from {{ schema }}.auto_post_alert_windows as n
                where
                    n.agent_id = c.agent_id
                    and n.operation_type = c.summary ->> 'operation_type'
                    and n.began_at = (c.summary ->> 'began_at')::timestamptz
            )
    end as summary
from switches as s
left join claimed as c on true
