-- Ends a group of rows: outbox, posts, audit log, rate limits. Returns the ids that were still ours.
-- $1 ids, $2 epochs, $3 states, $4 reasons, $5 errors, $6 contents (NULL: no post), $7 post metadata, $8 audit details,
-- $9 the time at which it was decided. A row whose epoch moved on gets nothing at all.
with verdicts as (
    select *
    from unnest(
        $1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::jsonb[]
    ) as v (id, epoch, state, reason, error, content, post_metadata, details)
),

finished as (
    update {{ schema }}.auto_post_outbox as o
    set
        state = v.state,
        reason = v.reason,
        last_error = coalesce(v.error, o.last_error),
        post_id = case when v.content is not null then o.id::text end,
        worker = null,
        finished_at = $9::timestamptz
    from verdicts as v
    where o.id = v.id and o.epoch = v.epoch and o.state = 'claimed'
    returning
        o.id, o.tenant_id, o.agent_id, o.operation_type, o.tracker_id, o.status, o.is_alert, o.state, o.post_id,
        v.content, v.post_metadata, v.details
),

posts as (
    insert into {{ schema }}.social_posts (
        id, tenant_id, author_type, author_id, post_type, content, post_metadata, auto_generated, created_at
    )
    select
        f.post_id, f.tenant_id, 'agent', f.agent_id, case when f.is_alert then 'alert' else 'status' end, f.content,
        f.post_metadata, true, $9::timestamptz
    from finished as f
    where f.content is not null
),

limits as (
    insert into {{ schema }}.auto_post_rate_limits (agent_id, last_post_at)
    select distinct f.agent_id, $9::timestamptz
    from finished as f
    where f.content is not null
    on conflict (agent_id) do update set last_post_at = excluded.last_post_at
),

audited as (
    insert into {{ schema }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details
    )
    select
        gen_random_uuid()::text, $9::timestamptz, f.agent_id, 'auto_post.' || f.state, f.operation_type, f.tracker_id,
        f.status, f.post_id, f.details
    from finished as f
)

select f.id from finished as f
