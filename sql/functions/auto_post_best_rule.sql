-- The one rule that a change to this status meets, or no row. Exact goes before pattern, a rule with a status before
-- one without, the older before the newer. Plain SQL without settings of its own, so that the plans of its callers take
-- it in.
create or replace function {{ schema }}.auto_post_best_rule(p_operation_type text, p_status text)
returns table (rule_id integer, is_alert boolean, since timestamptz, since_xid xid8)
language sql
stable
as $$
    select m.rule_id, m.is_alert, m.since, m.since_xid
    from {{ schema }}.auto_post_matching_rules(p_operation_type, p_status) as m
    order by m.is_exact desc, m.has_status desc, m.rule_id asc
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_best_rule(text, text) from public;

comment on function {{ schema }}.auto_post_best_rule(text, text) is
'The rule that an operation of this type meets when it changes to this status; no row: it is not significant.';
