-- Back to 0002. The ids in auto_post_seen are lost: operations whose rows retention removed could count again.
drop view {{ schema }}.auto_post_health;
drop view {{ schema }}.auto_post_dead;
drop view {{ schema }}.auto_post_stuck;
drop view {{ schema }}.auto_post_skips;
drop trigger auto_post_rules_since on {{ schema }}.auto_post_rules;
drop trigger auto_post_capture_since on {{ schema }}.auto_post_control;

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises and never waits longer than lock_timeout, once a transaction: then it warns and leaves the change to
-- the reconciler. Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
    v_rule_id integer;
    v_is_alert boolean;
    v_wakeup text;
    v_now timestamptz;
begin
    if tg_op = 'UPDATE' and {{ new.status }} is not distinct from {{ old.status }} then
        return null;
    end if;

    begin
        if pg_catalog.current_setting('autopost.capture_gave_up', true) = 'on' then
            return null;
        end if;

        select r.id, r.is_alert or {{ new.status }}::text = 'failed', c.wakeup
        into v_rule_id, v_is_alert, v_wakeup
        from {{ schema }}.auto_post_rules as r
        cross join {{ schema }}.auto_post_control as c
        where
            r.enabled
            and c.capture_enabled
            and (r.status is null or r.status = {{ new.status }}::text)
            and case r.match
                when 'exact' then r.operation_type = {{ new.operation_type }}::text
                else pg_catalog.lower({{ new.operation_type }}::text) like pg_catalog.lower(r.operation_type)
            end
        order by r.match = 'exact' desc, r.status is not null desc, r.id asc
        limit 1;

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
            {{ new.agent_id }}::text, {{ new.operation_type }}::text, {{ new.status }}::text, coalesce(v_is_alert, false),
            pg_catalog.left({{ new.what_explanation }}, 4000), pg_catalog.left({{ new.why_explanation }}, 4000),
            pg_catalog.left({{ new.next_steps }}, 4000), v_now, v_now
        )
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
            -- What is wrong with one row ends there; what is wrong with the outbox will be so for every row.
            if sqlstate = '55P03' or pg_catalog.left(sqlstate, 2) in ('42', '53', '54', '57', '58', 'XX') then
                perform pg_catalog.set_config('autopost.capture_gave_up', 'on', true);
            end if;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', {{ new.id }}, sqlstate
            using hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

drop function {{ schema }}.auto_post_rule_for(text, text);
drop function {{ schema }}.auto_post_record(text, jsonb, text);
drop function {{ schema }}.auto_post_rules_since();
drop function {{ schema }}.auto_post_capture_since();
drop function {{ schema }}.auto_post_reconcile(integer, integer);
drop function {{ schema }}.auto_post_expire(interval, integer);
drop function {{ schema }}.auto_post_pause(text, text);
drop function {{ schema }}.auto_post_resume(text, text);
drop function {{ schema }}.auto_post_retry(text);
drop function {{ schema }}.auto_post_retry_all(text, integer);
drop function {{ schema }}.auto_post_skip(text, text);
drop function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer);
drop function {{ schema }}.auto_post_capture_on();
drop function {{ schema }}.auto_post_capture_off();
drop function {{ schema }}.auto_post_drain();
drop function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text);
drop function {{ schema }}.auto_post_switch_rule(integer, boolean);
drop function {{ schema }}.auto_post_purge(text, text);
drop function {{ schema }}.auto_post_story(text);

drop index {{ schema }}.auto_post_outbox_finished_idx;
alter table {{ schema }}.auto_post_rules drop column since;

-- 0002 knows no parking.
update {{ schema }}.auto_post_outbox as o set available_at = o.captured_at
where o.state = 'pending' and o.available_at = 'infinity';

drop table {{ schema }}.auto_post_seen;
drop table {{ schema }}.auto_post_pauses;
drop table {{ schema }}.auto_post_reconciliation;
