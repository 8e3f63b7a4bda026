-- Back to 0003.
drop function {{ schema }}.auto_post_rules_met(text, text);
drop function {{ schema }}.auto_post_check(interval);
drop function {{ schema }}.auto_post_check_row_security();
drop function {{ schema }}.auto_post_check_rights();
drop function {{ schema }}.auto_post_check_workers();
drop function {{ schema }}.auto_post_check_outbox(interval);
drop function {{ schema }}.auto_post_check_switches();
drop function {{ schema }}.auto_post_check_functions();
drop function {{ schema }}.auto_post_check_trigger();
drop function {{ schema }}.auto_post_check_schema();
drop function {{ schema }}.auto_post_check_held_back(interval, integer);
drop function {{ schema }}.auto_post_check_server();
drop function {{ schema }}.auto_post_check_by(text);
drop table {{ schema }}.auto_post_compatibility;

comment on column {{ schema }}.auto_post_outbox.tracker_id is null;
comment on column {{ schema }}.auto_post_outbox.tenant_id is null;
comment on column {{ schema }}.auto_post_outbox.agent_id is null;
comment on column {{ schema }}.auto_post_outbox.operation_type is null;
comment on column {{ schema }}.auto_post_outbox.status is null;
comment on column {{ schema }}.auto_post_outbox.is_alert is null;
comment on column {{ schema }}.auto_post_pauses.paused_at is null;
comment on column {{ schema }}.auto_post_pauses.paused_by is null;
comment on column {{ schema }}.auto_post_rules.id is null;
comment on column {{ schema }}.auto_post_rules.description is null;
comment on column {{ schema }}.auto_post_rate_limits.agent_id is null;
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is null;
comment on column {{ schema }}.auto_post_workers.name is null;
comment on column {{ schema }}.auto_post_workers.version is null;
comment on column {{ schema }}.auto_post_workers.started_at is null;
comment on column {{ schema }}.auto_post_workers.last_seen_at is null;
comment on column {{ schema }}.auto_post_health.claimed is null;
comment on column {{ schema }}.auto_post_health.oldest_waiting_seconds is null;
comment on column {{ schema }}.auto_post_health.dead_last_day is null;
comment on column {{ schema }}.auto_post_health.posted_last_hour is null;
comment on column {{ schema }}.auto_post_health.paused is null;
comment on column {{ schema }}.auto_post_health.capture_enabled is null;
comment on column {{ schema }}.auto_post_health.reconciled_at is null;
comment on column {{ schema }}.auto_post_health.reconciled_all_at is null;
comment on column {{ schema }}.auto_post_health.reconciled_rows is null;
comment on column {{ schema }}.auto_post_stuck.overdue_for is null;
comment on column {{ schema }}.auto_post_skips.at_hour is null;
comment on column {{ schema }}.auto_post_skips.reason is null;
comment on column {{ schema }}.auto_post_skips.operations is null;
comment on column {{ schema }}.auto_post_skips.agents is null;
comment on column {{ schema }}.auto_post_dead.attempts is null;
comment on column {{ schema }}.auto_post_dead.last_error is null;
comment on column {{ schema }}.auto_post_dead.finished_at is null;
comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of everything, of one operation_type or of one agent. Holds until auto_post_resume.';
comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it. Refuses what is not paused.';
comment on function {{ schema }}.auto_post_purge(text, text) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant; returns how many.';
comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer) is
'Gives skipped rows that ended in a range of time another chance; returns how many.';
comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Gives up to p_limit dead rows a new life, of one error or of any; returns how many.';

-- How autopost fares, in one row.
create or replace view {{ schema }}.auto_post_health
with (security_invoker = true)
as
with unfinished as (
    select
        count(*) filter (where o.state = 'pending' and o.available_at < 'infinity') as waiting,
        count(*) filter (where o.state = 'claimed') as claimed,
        count(*) filter (where o.available_at = 'infinity') as parked,
        count(*) filter (
            where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0
        ) as retrying,
        extract(epoch from clock_timestamp() - min(o.captured_at) filter (
            where o.state = 'pending' and o.available_at < 'infinity'
        ))::double precision as oldest_waiting_seconds
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
),

last_day as (
    select
        count(*) filter (where o.state = 'dead') as dead_last_day,
        count(*) filter (where o.state = 'posted' and o.finished_at > now() - interval '1 hour') as posted_last_hour,
        count(*) filter (where o.state = 'skipped' and o.finished_at > now() - interval '1 hour') as skipped_last_hour,
        count(*) filter (where o.state = 'dead' and o.finished_at > now() - interval '1 hour') as dead_last_hour
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
)

select
    u.waiting, u.claimed, u.parked, u.retrying, u.oldest_waiting_seconds,
    d.dead_last_day, d.posted_last_hour, d.skipped_last_hour, d.dead_last_hour,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    c.paused, c.capture_enabled,
    coalesce((
        select t.tgenabled in ('O', 'A')
        from pg_catalog.pg_trigger as t
        where
            t.tgrelid = to_regclass('{{ schema }}.operation_trackers')
            and t.tgname = 'auto_post_capture'
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'How autopost fares, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
comment on column {{ schema }}.auto_post_health.waiting is 'Pending rows that are not parked.';
comment on column {{ schema }}.auto_post_health.parked is 'Pending rows of a paused operation type or agent.';
comment on column {{ schema }}.auto_post_health.retrying is 'Those that wait after a failed attempt.';
comment on column {{ schema }}.auto_post_health.workers_alive is 'Seen in the last 60 seconds.';
comment on column {{ schema }}.auto_post_health.trigger_enabled is
'False: somebody disabled or dropped the trigger; what it misses is captured by the reconciler, later.';

-- The one rule that a change to this status meets, or no row. Exact goes before pattern, a rule with a status before
-- one without, the older before the newer. Plain SQL without settings of its own, so that the trigger's plan takes it
-- in.
create or replace function {{ schema }}.auto_post_rule_for(p_operation_type text, p_status text)
returns table (rule_id integer, is_alert boolean, since timestamptz)
language sql
stable
as $$
    select r.id, r.is_alert or coalesce(p_status = 'failed', false), r.since
    from {{ schema }}.auto_post_rules as r
    where
        r.enabled
        and (r.status is null or r.status = p_status)
        and case r.match
            when 'exact' then r.operation_type = p_operation_type
            else pg_catalog.lower(p_operation_type) like pg_catalog.lower(r.operation_type)
        end
    order by r.match = 'exact' desc, r.status is not null desc, r.id asc
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_rule_for(text, text) from public;

comment on function {{ schema }}.auto_post_rule_for(text, text) is
'The rule that an operation of this type meets when it comes to this status; no row: it is not significant.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns and leaves the change to the reconciler.
-- Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_rule_id integer;
    v_is_alert boolean;
    v_wakeup text;
    v_now timestamptz;
    v_gave_up text;
    v_sqlstate text;
    v_tracker_id text;
begin
    begin
        if tg_op = 'UPDATE' and {{ new.status }}::text is not distinct from {{ old.status }}::text then
            return null;
        end if;

        v_gave_up := pg_catalog.current_setting('autopost.capture_gave_up', true);
        if v_gave_up <> '' and v_gave_up = pg_catalog.pg_current_xact_id()::text then
            return null;
        end if;

        select r.rule_id, r.is_alert, c.wakeup
        into v_rule_id, v_is_alert, v_wakeup
        from {{ schema }}.auto_post_control as c
        cross join {{ schema }}.auto_post_rule_for({{ new.operation_type }}::text, {{ new.status }}::text) as r
        where c.capture_enabled;

        if v_rule_id is null then
            return null;
        end if;

        v_now := pg_catalog.clock_timestamp();

        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        values (
            {{ schema }}.auto_post_outbox_id({{ new.id }}::text, v_rule_id), v_rule_id, {{ new.id }}::text, {{ new.tenant_id }}::text,
            {{ new.agent_id }}::text, {{ new.operation_type }}::text, {{ new.status }}::text, v_is_alert,
            pg_catalog.left({{ new.what_explanation }}::text, 4000), pg_catalog.left({{ new.why_explanation }}::text, 4000),
            pg_catalog.left({{ new.next_steps }}::text, 4000), v_now, v_now
        )
        -- What retention removed is not asked here, where an agent would pay for it: the claim does.
        on conflict (id) do nothing;

        -- A worker that sleeps holds this lock alone. Who gets it shared knows that none sleeps, and keeps any from
        -- falling asleep before this row can be seen.
        if
            found
            and v_wakeup <> 'poll'
            and (v_wakeup = 'notify' or not pg_catalog.pg_try_advisory_xact_lock_shared(
                1635087471, pg_catalog.hashtext('{{ schema }}')
            ))
            -- With a full queue NOTIFY would fail at commit, where nothing can catch it.
            and pg_catalog.pg_notification_queue_usage() < 0.8
        then
            perform pg_catalog.pg_notify('auto_post_doorbell', '');
        end if;
    exception
        when others then
            v_sqlstate := sqlstate;
            -- What is wrong with one row ends there; what is wrong with the outbox will be so for every row.
            if v_sqlstate = '55P03' or pg_catalog.left(v_sqlstate, 2) in ('42', '53', '54', '57', '58', 'XX') then
                perform pg_catalog.set_config(
                    'autopost.capture_gave_up', pg_catalog.pg_current_xact_id()::text, true
                );
            end if;
            begin
                v_tracker_id := pg_catalog.to_jsonb(new) ->> 'id';
            exception
                when others then
                    v_tracker_id := null;
            end;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', v_tracker_id, v_sqlstate
            using hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';
