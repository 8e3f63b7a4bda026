-- Lets two changes of rules wait for each other before either locks a rule: each moves the since of those it overlaps.
-- Refuses to delete a rule: its outbox rows are found by its id, and could not be retried, skipped or explained.
-- Waits 5 seconds, because any role can hold an advisory lock; then it names the session that does.
create or replace function {{ schema }}.auto_post_serialize_rule_changes()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_holder text;
begin
    if tg_op in ('DELETE', 'TRUNCATE') then
        raise exception 'a rule cannot be deleted, because rows of the outbox name it'
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'Switch it off: select {{ schema }}.auto_post_switch_rule(id, false);';
    end if;
    begin
        perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    exception
        when lock_not_available then
            select pg_catalog.format('process %s of role %s, application %L', l.pid, s.usename, s.application_name)
            into v_holder
            from pg_catalog.pg_locks as l
            left join pg_catalog.pg_stat_activity as s on l.pid = s.pid
            where
                l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = {{ lock.rules }}
                and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
            order by l.pid
            limit 1;
            raise exception 'another session has held the lock of rule changes for 5 seconds: %',
            coalesce(v_holder, 'it has just ended')
            using
                errcode = 'lock_not_available',
                hint = 'Try again when it has ended its transaction, or end it with pg_terminate_backend.';
    end;
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_serialize_rule_changes() from public;

comment on function {{ schema }}.auto_post_serialize_rule_changes() is
'Trigger of auto_post_rules: one transaction at a time changes rules (advisory lock), and none deletes one.';
