with decided as (
    select
        o.id, v.state, v.reason, v.error, v.operation_type, v.details, v.at, v.post_type, v.content, v.post_metadata
    from {{ schema }}.auto_post_outbox as o
    inner join unnest(
        $1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[],
        $11::text[], $12::text[], $13::jsonb[]
    ) as v (
        id, epoch, state, reason, error, operation_type, details, at, post_type, content, post_metadata
    ) on o.id = v.id
    -- CASE keeps the planner to the primary key: the index of claimable rows may be long.
    where case when o.epoch = v.epoch then o.state = 'claimed' else false end
    order by o.id
    for update of o
),

finished as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = v.state,
        reason = v.reason,
        last_error = coalesce(v.error, o.last_error),
        post_id = case when v.state = 'posted' then o.id::text end,
        worker = null,
        finished_at = v.at
    from decided as v
    where o.id = v.id
    returning
        o.id, o.epoch, o.agent_id, v.operation_type, o.tracker_id, o.status, o.state, o.post_id, o.finished_at,
        v.details, o.reason, o.tenant_id, o.rule_id, o.summary, v.post_type, v.content, v.post_metadata
),

audited as (
    insert into {{ platform }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details
    )
    select
        gen_random_uuid()::text, f.finished_at, f.agent_id, 'auto_post.' || f.state, f.operation_type, f.tracker_id,
        case
            when length(f.status) <= {{ pattern.status_length }} and f.status ~ '^{{ pattern.status }}$' then f.status
        end,
        f.post_id,
        f.details
    from finished as f
    returning true as is_kept
),

kept as (
    insert into {{ schema }}.auto_post_rate_limited (
        agent_id, skipped_at, tenant_id, rule_id, operation_type, status, operations
    )
    select g.agent_id, $9::timestamptz, g.tenant_id, g.rule_id, g.operation_type, g.status, count(*)
    from (
        select
            f.agent_id, f.tenant_id, f.rule_id,
            case
                when
                    length(f.operation_type) <= {{ pattern.operation_type_length }}
                    and f.operation_type ~ '^{{ pattern.operation_type }}$'
                    then f.operation_type
            end
                as operation_type,
            case
                when
                    length(f.status) <= {{ pattern.status_length }} and f.status ~ '^{{ pattern.status }}$'
                    then f.status
            end
                as status
        from finished as f
        where $10::boolean and f.reason = 'rate_limited' and f.summary is null and f.agent_id is not null
    ) as g
    group by g.agent_id, g.tenant_id, g.rule_id, g.operation_type, g.status
)
