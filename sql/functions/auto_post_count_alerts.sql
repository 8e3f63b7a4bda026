-- Stores windows of alerts (the arrays have one entry each) and counts the alerts that were suppressed in them, by the
-- publishing transaction that decided about them: their agents are locked. p_suppressed: how many in the window,
-- p_more: how many of them are new, p_first: the outbox row of the first new one.
-- The first suppressed alert of a window adds one outbox row, which sums up all of them and is due at the window's end:
-- a copy of that alert with an id of its own. Later ones raise its count. Locks the windows and the summaries.
create or replace function {{ schema }}.auto_post_count_alerts(
    p_agent_ids text[], p_operation_types text[], p_began_at timestamptz[], p_ends_at timestamptz[],
    p_posted integer[], p_suppressed integer[], p_more integer[], p_first uuid[], p_now timestamptz
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new record;
    v_summary_id uuid;
    v_tracker_id text;
begin
    for v_new in
        select *
        from unnest(
            p_agent_ids, p_operation_types, p_began_at, p_ends_at, p_posted, p_suppressed, p_more, p_first
        ) as n (agent_id, operation_type, began_at, ends_at, posted, suppressed, more, first_id)
        order by n.agent_id, n.operation_type
    loop
        insert into {{ schema }}.auto_post_alert_windows as w (
            agent_id, operation_type, began_at, ends_at, posted, suppressed
        )
        values (
            v_new.agent_id, v_new.operation_type, v_new.began_at, v_new.ends_at, v_new.posted, v_new.suppressed
        )
        on conflict (agent_id, operation_type) do update
            set
                began_at = excluded.began_at,
                ends_at = excluded.ends_at,
                posted = excluded.posted,
                suppressed = excluded.suppressed,
                summary_id = case when w.began_at = excluded.began_at then w.summary_id end
        returning w.summary_id into v_summary_id;

        if v_new.more > 0 and v_summary_id is not null then
            update {{ schema }}.auto_post_outbox as o
            set summary = o.summary || jsonb_build_object(
                'count', (o.summary ->> 'count')::integer + v_new.more, 'last_at', p_now
            )
            where o.id = v_summary_id and o.state in ('pending', 'claimed');
        elsif v_new.more > 0 then
            v_tracker_id := 'alert_storm:' || gen_random_uuid();
            insert into {{ schema }}.auto_post_outbox as o (
                id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation,
                captured_at, available_at, summary
            )
            select
                {{ schema }}.auto_post_outbox_id(v_tracker_id, a.rule_id), a.rule_id, v_tracker_id, a.tenant_id,
                a.agent_id, a.operation_type, a.status, true, a.what_explanation, v_new.ends_at, v_new.ends_at,
                jsonb_build_object(
                    'kind', 'alert_storm', 'count', v_new.more, 'first_at', p_now, 'last_at', p_now,
                    'is_mixed', v_new.operation_type = ''
                )
            from {{ schema }}.auto_post_outbox as a
            where a.id = v_new.first_id
            returning o.id into v_summary_id;
            update {{ schema }}.auto_post_alert_windows as w
            set summary_id = v_summary_id
            where w.agent_id = v_new.agent_id and w.operation_type = v_new.operation_type;
        end if;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_count_alerts(
    text[], text[], timestamptz[], timestamptz[], integer[], integer[], integer[], uuid[], timestamptz
) from public;

comment on function {{ schema }}.auto_post_count_alerts(
    text[], text[], timestamptz[], timestamptz[], integer[], integer[], integer[], uuid[], timestamptz
) is
'Stores windows of alerts, and adds or updates the outbox rows that sum up the suppressed ones.';
