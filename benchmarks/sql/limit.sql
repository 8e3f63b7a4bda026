-- What the server itself needs for a drain: a loop on the server, no client, no process, no redaction. Each round is one
-- statement over p_batch rows and one commit. It reads what a worker reads (due rows, agents, last_post_at), locks the
-- agents and checks the rules as it does, and writes what it writes (outbox, posts, audit log, last_post_at), but for
-- the state `claimed`, which a worker needs because it works outside of transactions.
create or replace procedure public.bench_limit(p_batch integer, p_window interval)
language plpgsql
as $$
declare
    v_rows integer;
begin
    loop
        with due as (
            select o.*
            from autopost.auto_post_outbox as o
            where o.state in ('pending', 'claimed') and o.available_at <= now()
            order by o.available_at
            limit p_batch
            for update skip locked
        ),

        locked as materialized (
            select
                d.agent_id, pg_try_advisory_xact_lock(hashtextextended('autopost agent ' || d.agent_id, 0)) as is_ours
            from (select distinct due.agent_id from due order by due.agent_id) as d
        ),

        judged as materialized (
            select
                d.*,
                case
                    when
                        coalesce(upper(btrim(a.maturity)), '') not in ('INTERN', 'SUPERVISED', 'AUTONOMOUS')
                        then 'maturity_blocked'
                    when
                        not d.is_alert and (
                            clock_timestamp() - l.last_post_at < p_window
                            or row_number() over (partition by d.agent_id order by d.captured_at, d.id) > 1
                        )
                        then 'rate_limited'
                end as refusal,
                left(
                    case
                        when d.status = 'failed' then '⚠️ ' || a.name || ' hit a problem with ' || d.operation_type || ': '
                        else 'Just finished ' || d.operation_type || '! '
                    end || d.what_explanation || ' #automation', 280
                ) as content,
                gen_random_uuid()::text as audit_id,
                clock_timestamp() as decided_at
            from due as d
            inner join locked on d.agent_id = locked.agent_id and locked.is_ours
            left join public.agents as a on d.agent_id = a.id
            left join autopost.auto_post_rate_limits as l on d.agent_id = l.agent_id
        ),

        finished as (
            update autopost.auto_post_outbox as o
            set
                state = case when j.refusal is null then 'posted' else 'skipped' end,
                reason = j.refusal,
                post_id = case when j.refusal is null then o.id::text end,
                epoch = o.epoch + 1,
                attempts = o.attempts + 1,
                claimed_at = j.decided_at,
                finished_at = j.decided_at
            from judged as j
            where o.id = j.id
        ),

        audited as (
            insert into public.audit_log (
                id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details
            )
            select
                j.audit_id, j.decided_at, j.agent_id,
                case when j.refusal is null then 'auto_post.posted' else 'auto_post.skipped' end, j.operation_type,
                j.tracker_id, j.status, case when j.refusal is null then j.id::text end,
                jsonb_build_object(
                    'outcome', case when j.refusal is null then 'posted' else 'skipped' end,
                    'reason', j.refusal, 'error', null, 'outbox_id', j.id, 'is_alert', j.is_alert,
                    'generator', case when j.refusal is null then 'template' end, 'model', null, 'fallback', null,
                    'prompt_tokens', 0, 'completion_tokens', 0, 'cost_usd', 0, 'redactions', '{}'::jsonb,
                    'attempts', 1, 'duration_ms', 0, 'worker', 'server'
                )
            from judged as j
        ),

        limits as (
            insert into autopost.auto_post_rate_limits (agent_id, last_post_at)
            select j.agent_id, max(j.decided_at) from judged as j
            where j.refusal is null
            group by j.agent_id
            order by j.agent_id
            on conflict (agent_id) do update set last_post_at = excluded.last_post_at
        ),

        posted as (
            insert into public.social_posts (
                id, tenant_id, author_type, author_id, post_type, content, post_metadata, auto_generated, created_at
            )
            select
                j.id::text, j.tenant_id, 'agent', j.agent_id, case when j.is_alert then 'alert' else 'status' end,
                j.content,
                jsonb_build_object(
                    'operation_type', j.operation_type, 'operation_status', j.status, 'tracker_id', j.tracker_id,
                    'generator', 'template', 'model', null
                ),
                true, j.decided_at
            from judged as j
            where j.refusal is null
        )

        select count(*) into v_rows from judged;
        commit;
        exit when v_rows = 0;
    end loop;
end
$$;
