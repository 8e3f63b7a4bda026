-- Keeps the reconciler from posting the past when a rule is switched or changed: the rule starts again, and so does
-- every rule that what it named may meet instead.
create or replace function {{ schema }}.auto_post_rules_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        (new.operation_type, new.match, new.status, new.enabled)
        is not distinct from (old.operation_type, old.match, old.status, old.enabled)
    then
        return null;
    end if;
    update {{ schema }}.auto_post_rules as r
    set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id()
    where
        r.id = old.id
        or (
            (r.match = 'like' or old.match = 'like' or r.operation_type = old.operation_type)
            and (r.status is null or old.status is null or r.status = old.status)
        );
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_rules_since() from public;

comment on function {{ schema }}.auto_post_rules_since() is
'Trigger of auto_post_rules: when a rule is switched or changed, sets since of all rules that overlap it to now.';
