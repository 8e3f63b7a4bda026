-- Lets two changes of rules wait for each other before either locks a rule: each moves the since of those it overlaps.
create or replace function {{ schema }}.auto_post_serialize_rule_changes()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_serialize_rule_changes() from public;

comment on function {{ schema }}.auto_post_serialize_rule_changes() is
'Trigger of auto_post_rules: one transaction at a time changes or deletes rules (advisory lock).';
