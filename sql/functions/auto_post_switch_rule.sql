-- Switches a rule on or off; it applies from the next change on.
create or replace function {{ schema }}.auto_post_switch_rule(p_rule_id integer, p_enabled boolean)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
begin
    if p_enabled is null then
        raise exception 'p_enabled must be true or false' using errcode = 'invalid_parameter_value';
    end if;
    update {{ schema }}.auto_post_rules as r set enabled = p_enabled where r.id = p_rule_id;
    if not found then
        raise exception 'there is no rule %', p_rule_id using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'switch_rule', pg_catalog.jsonb_build_object('rule', p_rule_id, 'enabled', p_enabled)
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_switch_rule(integer, boolean) from public;

comment on function {{ schema }}.auto_post_switch_rule(integer, boolean) is
'Switches a rule on or off.';
