-- Removes everything that is autopost's own, and of the platform's tables what autopost made: a table that bears
-- its mark and holds no row.
-- Those on every table of operations, and those that somebody made on children of one.
do $migration$
declare
    v_trigger record;
    v_function pg_catalog.regprocedure;
begin
    for v_trigger in
        select t.tgname, t.tgrelid::pg_catalog.regclass as table_name
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }} and t.tgparentid = 0
    loop
        execute pg_catalog.format('drop trigger %I on %s', v_trigger.tgname, v_trigger.table_name);
    end loop;
    for v_function in select p.oid from pg_catalog.pg_proc as p where p.oid in {{ captures }}
    loop
        execute pg_catalog.format('drop function %s', v_function);
    end loop;
end
$migration$;

-- While autopost is detached, with the views that read it.
drop function if exists {{ schema }}.auto_post_check_detached() cascade;

drop view {{ schema }}.auto_post_health;
drop view {{ schema }}.auto_post_dead;
drop view {{ schema }}.auto_post_stuck;
drop view {{ schema }}.auto_post_skips;
drop view {{ schema }}.auto_post_operations;

drop table {{ schema }}.auto_post_consumers;
drop table {{ schema }}.auto_post_events;
drop table {{ schema }}.auto_post_compatibility;
drop table {{ schema }}.auto_post_reconciliation;
drop table {{ schema }}.auto_post_not_captured;
drop table {{ schema }}.auto_post_pauses;
drop table {{ schema }}.auto_post_tombstones;
drop table {{ schema }}.auto_post_workers;
drop table {{ schema }}.auto_post_control;
drop table {{ schema }}.auto_post_ended_sessions;
drop table {{ schema }}.auto_post_llm_days;
drop table {{ schema }}.auto_post_alert_windows;
drop table {{ schema }}.auto_post_rate_limited;
drop table {{ schema }}.auto_post_rate_limits;
drop table {{ schema }}.auto_post_outbox;
drop table {{ schema }}.auto_post_rules;

drop function {{ schema }}.auto_post_check(interval);
drop function {{ schema }}.auto_post_check_row_security();
drop function {{ schema }}.auto_post_check_rights();
drop function {{ schema }}.auto_post_end_session(text, timestamptz);
drop function {{ schema }}.auto_post_column_rights();
drop function {{ schema }}.auto_post_check_workers();
drop function {{ schema }}.auto_post_check_outbox(interval);
drop function {{ schema }}.auto_post_check_switches();
drop function {{ schema }}.auto_post_check_functions();
drop function {{ schema }}.auto_post_check_trigger();
drop function {{ schema }}.auto_post_platform_changes();
drop function {{ schema }}.auto_post_check_schema();
drop function {{ schema }}.auto_post_check_held_back(interval, integer);
drop function {{ schema }}.auto_post_check_server();
drop function {{ schema }}.auto_post_check_by(text);
drop function {{ schema }}.auto_post_sequence_events(integer);
drop function {{ schema }}.auto_post_switch_rule(integer, boolean);
drop function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text, text);
drop function {{ schema }}.auto_post_title_rule(integer, text);
drop function {{ schema }}.auto_post_capture_off();
drop function {{ schema }}.auto_post_capture_on();
drop function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer, boolean);
drop function {{ schema }}.auto_post_skip(text, text);
drop function {{ schema }}.auto_post_retry_all(text, integer);
drop function {{ schema }}.auto_post_retry(text);
drop function {{ schema }}.auto_post_resume(text, text);
drop function {{ schema }}.auto_post_pause(text, text);
drop function {{ schema }}.auto_post_history(text);
drop function {{ schema }}.auto_post_purge(text, text, boolean);
drop function {{ schema }}.auto_post_count_alerts(jsonb, timestamptz);
drop function {{ schema }}.auto_post_add_digests(text[], text[], interval);
drop function {{ schema }}.auto_post_expire(interval, integer);
drop function {{ schema }}.auto_post_correct_clock();
drop function {{ schema }}.auto_post_keep_to_clock();
drop function {{ schema }}.auto_post_reconcile(integer, integer);
drop function {{ schema }}.auto_post_open_approvals(timestamptz, integer);
drop function {{ schema }}.auto_post_committed(text[]);
drop function {{ schema }}.auto_post_committed_rows(text[], timestamptz);
drop function {{ schema }}.auto_post_agents(text);
drop function {{ schema }}.auto_post_type_of(anyelement);
drop function {{ schema }}.auto_post_reconcile_block(regclass, bigint);
drop function {{ schema }}.auto_post_reconcile_rows(regclass, tid, tid, oid, integer);
drop function {{ schema }}.auto_post_unsafe_policy(regclass);
drop function {{ schema }}.auto_post_capture_since();
drop function {{ schema }}.auto_post_rules_since();
drop function {{ schema }}.auto_post_compile_change();
drop function {{ schema }}.auto_post_compile();
drop function {{ schema }}.auto_post_compiled_bodies();
drop function {{ schema }}.auto_post_compiled_wakeup();
drop function {{ schema }}.auto_post_compiled_title(integer);
drop function {{ schema }}.auto_post_compiled_since(integer);
drop function {{ schema }}.auto_post_compiled_rule(text, text, text);
drop function {{ schema }}.auto_post_serialize_rule_changes();
drop function {{ schema }}.auto_post_log_operator_action(text, jsonb, text);
drop function {{ schema }}.auto_post_best_rule(text, text);
drop function {{ schema }}.auto_post_matching_rules(text, text);
drop function {{ schema }}.auto_post_outbox_id(text, integer);
drop function {{ schema }}.auto_post_time(anyelement);
drop function {{ schema }}.auto_post_text(anyelement, integer);
drop function {{ schema }}.auto_post_refuse_outbox_row();
drop function {{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz);
drop function {{ schema }}.auto_post_host_problems();

do $migration$
declare
    v_table text;
    v_has_rows boolean;
begin
    for v_table in
        select t.name
        from unnest(array['audit_log', 'social_posts', 'operation_trackers', 'agents']) as t (name)
        where
            pg_catalog.obj_description(pg_catalog.to_regclass('{{ platform }}.' || t.name), 'pg_class')
            like '%Created by autopost.'
    loop
        execute 'lock table {{ platform }}.' || v_table || ' in access exclusive mode';
        execute 'select exists (select from {{ platform }}.' || v_table || ')' into v_has_rows;
        if v_has_rows then
            raise notice 'autopost leaves table % in place: it holds rows', v_table;
        else
            execute 'drop table {{ platform }}.' || v_table;
        end if;
    end loop;
end
$migration$;
