-- Stores what a publishing transaction did in windows of alerts (the arrays have one entry each). p_posted: how many
-- alerts of the window are posted by now, NULL if this transaction posted none; the agent is locked then. p_suppressed:
-- how many alerts this transaction suppresses, p_first: the outbox row of the first of them.
-- The first suppressed alert of a window adds one outbox row, which sums up all of them and is due at the window's end:
-- a copy of that alert with an id of its own. Later ones raise its count. Locks windows in which alerts are posted or
-- suppressed first, and the summaries. Raises serialization_failure when the window ended and its summary is posted.
create or replace function {{ schema }}.auto_post_count_alerts(
    p_agent_ids text[], p_operation_types text[], p_began_at timestamptz[], p_ends_at timestamptz[],
    p_posted integer[], p_suppressed integer[], p_first uuid[], p_now timestamptz
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_given record;
    v_summary_id uuid;
    v_tracker_id text;
begin
    for v_given in
        select *
        from unnest(
            p_agent_ids, p_operation_types, p_began_at, p_ends_at, p_posted, p_suppressed, p_first
        ) as g (agent_id, operation_type, began_at, ends_at, posted, suppressed, first_id)
        order by g.agent_id, g.operation_type
    loop
        if v_given.posted is not null then
            insert into {{ schema }}.auto_post_alert_windows as w (
                agent_id, operation_type, began_at, ends_at, posted
            )
            values (v_given.agent_id, v_given.operation_type, v_given.began_at, v_given.ends_at, v_given.posted)
            on conflict (agent_id, operation_type) do update
                set
                    began_at = excluded.began_at,
                    ends_at = excluded.ends_at,
                    posted = excluded.posted,
                    summary_id = case when w.began_at = excluded.began_at then w.summary_id end;
        end if;
        continue when v_given.suppressed = 0;

        select w.summary_id into v_summary_id
        from {{ schema }}.auto_post_alert_windows as w
        where
            w.agent_id = v_given.agent_id and w.operation_type = v_given.operation_type
            and w.began_at = v_given.began_at;
        continue when not found; -- purged meanwhile
        if v_summary_id is null then
            select w.summary_id into v_summary_id
            from {{ schema }}.auto_post_alert_windows as w
            where
                w.agent_id = v_given.agent_id and w.operation_type = v_given.operation_type
                and w.began_at = v_given.began_at
            for update;
            continue when not found;
        end if;

        if v_summary_id is not null then
            update {{ schema }}.auto_post_outbox as o
            set summary = o.summary || jsonb_build_object(
                'count', (o.summary ->> 'count')::integer + v_given.suppressed,
                'last_at', greatest((o.summary ->> 'last_at')::timestamptz, p_now)
            )
            where o.id = v_summary_id and o.state in ('pending', 'claimed');
            if not found and clock_timestamp() >= v_given.ends_at then
                raise exception 'the window of these alerts is over, and its summary is posted'
                    using errcode = 'serialization_failure';
            end if;
        else
            v_tracker_id := 'alert_storm:' || gen_random_uuid();
            insert into {{ schema }}.auto_post_outbox as o (
                id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation,
                captured_at, available_at, summary
            )
            select
                {{ schema }}.auto_post_outbox_id(v_tracker_id, a.rule_id), a.rule_id, v_tracker_id, a.tenant_id,
                a.agent_id, a.operation_type, a.status, true, a.what_explanation, v_given.ends_at, v_given.ends_at,
                jsonb_build_object(
                    'kind', 'alert_storm', 'count', v_given.suppressed, 'first_at', p_now, 'last_at', p_now,
                    'is_mixed', v_given.operation_type = ''
                )
            from {{ schema }}.auto_post_outbox as a
            where a.id = v_given.first_id
            returning o.id into v_summary_id;
            update {{ schema }}.auto_post_alert_windows as w
            set summary_id = v_summary_id
            where w.agent_id = v_given.agent_id and w.operation_type = v_given.operation_type;
        end if;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_count_alerts(
    text[], text[], timestamptz[], timestamptz[], integer[], integer[], uuid[], timestamptz
) from public;

comment on function {{ schema }}.auto_post_count_alerts(
    text[], text[], timestamptz[], timestamptz[], integer[], integer[], uuid[], timestamptz
) is
'Stores windows of alerts, and adds or updates the outbox rows that sum up the suppressed ones.';
