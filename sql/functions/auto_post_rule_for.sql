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
