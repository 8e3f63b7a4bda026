-- Lets two changes of rules wait for each other before either locks a rule: each moves the since of those it overlaps.
-- Refuses to delete a rule: its outbox rows are found by its id, and could not be retried, skipped or explained.
-- Waits 5 seconds, because any role can hold an advisory lock.
create or replace function {{ schema }}.auto_post_serialize_rule_changes()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
begin
    if tg_op in ('DELETE', 'TRUNCATE') then
        raise exception 'a rule cannot be deleted, because rows of the outbox name it'
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'Switch it off: select {{ schema }}.auto_post_switch_rule(id, false);';
    end if;
    perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_serialize_rule_changes() from public;

comment on function {{ schema }}.auto_post_serialize_rule_changes() is
'Trigger of auto_post_rules: one transaction at a time changes rules (advisory lock), and none deletes one.';
