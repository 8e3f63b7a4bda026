-- Stores what a publishing transaction did in windows of alerts, as its last step. p_changes: an array of objects with
-- agent_id, operation_type and began_at of a window, and
-- - posted, ends_at: how many alerts of the window are posted by now, and its end; the agent is locked,
-- - suppressed, first: how many alerts this transaction suppresses, and the outbox row of the first of them,
-- - summary, count: the outbox row that sums up the window and is posted now, and the number of alerts in its text.
-- The first suppressed alert of a window adds one outbox row, which sums up all of them and is due at the window's end:
-- a copy of that alert with an id of its own. Returns the summaries whose number is wrong: their text must be written
-- again. Raises serialization_failure when a window ended and its summary is posted: no alert may be suppressed in it.
-- Locks the windows, in the order of their keys, and waits longer than others for them: a transaction that holds one
-- is about to commit. Commits with the caller.
create or replace function {{ schema }}.auto_post_count_alerts(p_changes jsonb, p_now timestamptz)
returns setof uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
    v_change record;
    v_window record;
    v_tracker_id text;
begin
    for v_change in
        select *
        from jsonb_to_recordset(p_changes) as c (
            agent_id text, operation_type text, began_at timestamptz, ends_at timestamptz, posted integer,
            suppressed integer, first uuid, summary uuid, count integer
        )
        order by c.agent_id collate "C", c.operation_type collate "C", c.began_at
    loop
        if v_change.posted is not null then
            insert into {{ schema }}.auto_post_alert_windows as w (
                agent_id, operation_type, began_at, ends_at, posted
            )
            values (
                v_change.agent_id, v_change.operation_type, v_change.began_at, v_change.ends_at, v_change.posted
            )
            on conflict (agent_id, operation_type, began_at) do update set posted = excluded.posted;
        end if;
        continue when coalesce(v_change.suppressed, 0) = 0 and v_change.summary is null;

        select w.ends_at, w.suppressed, w.summary_id into v_window
        from {{ schema }}.auto_post_alert_windows as w
        where
            w.agent_id = v_change.agent_id and w.operation_type = v_change.operation_type
            and w.began_at = v_change.began_at
        for update;
        continue when not found; -- purged meanwhile
        if v_change.summary is not null and v_window.suppressed <> v_change.count then
            return next v_change.summary;
        end if;
        continue when coalesce(v_change.suppressed, 0) = 0;

        if v_window.summary_id is null then
            v_tracker_id := 'alert_storm:' || gen_random_uuid();
            insert into {{ schema }}.auto_post_outbox as o (
                id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation,
                captured_at, available_at, summary
            )
            select
                {{ schema }}.auto_post_outbox_id(v_tracker_id, a.rule_id), a.rule_id, v_tracker_id, a.tenant_id,
                a.agent_id, a.operation_type, a.status, true, a.what_explanation, p_now, v_window.ends_at,
                jsonb_build_object(
                    'kind', 'alert_storm', 'operation_type', v_change.operation_type, 'began_at', v_change.began_at
                )
            from {{ schema }}.auto_post_outbox as a
            where a.id = v_change.first
            returning o.id into v_window.summary_id;
        elsif
            clock_timestamp() >= v_window.ends_at
            and not exists (
                select from {{ schema }}.auto_post_outbox as o
                where o.id = v_window.summary_id and o.state in ('pending', 'claimed')
            )
        then
            raise exception 'the window of these alerts is over, and its summary is posted'
                using errcode = 'serialization_failure';
        end if;

        update {{ schema }}.auto_post_alert_windows as w
        set
            suppressed = w.suppressed + v_change.suppressed,
            first_suppressed_at = coalesce(w.first_suppressed_at, p_now),
            last_suppressed_at = greatest(w.last_suppressed_at, p_now),
            summary_id = v_window.summary_id
        where
            w.agent_id = v_change.agent_id and w.operation_type = v_change.operation_type
            and w.began_at = v_change.began_at;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_count_alerts(jsonb, timestamptz) from public;

comment on function {{ schema }}.auto_post_count_alerts(jsonb, timestamptz) is
'Counts the alerts of a publishing transaction in their windows; returns the summaries whose number of alerts is out '
'of date.';
