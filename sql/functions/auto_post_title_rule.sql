-- Gives a rule the title (p_title) that posts show instead of the operation type, from the next claim on. NULL or an
-- empty title: posts show the operation type again. What is captured, and since when, does not change.
create or replace function {{ schema }}.auto_post_title_rule(p_rule_id integer, p_title text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_title text := nullif(pg_catalog.btrim(p_title), '');
begin
    if pg_catalog.length(v_title) > 60 then
        raise exception 'the title has % characters, and may have at most 60', pg_catalog.length(v_title)
        using errcode = 'invalid_parameter_value';
    end if;
    begin
        update {{ schema }}.auto_post_rules as r set title = v_title where r.id = p_rule_id;
    exception
        when check_violation then
            raise exception 'the title contains a line break, a tab or another character that cannot be seen'
            using errcode = 'invalid_parameter_value', hint = 'Give one line of visible characters.';
    end;
    if not found then
        raise exception 'there is no rule %', p_rule_id using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'title_rule', pg_catalog.jsonb_build_object('rule', p_rule_id, 'has_title', v_title is not null)
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_title_rule(integer, text) from public;

comment on function {{ schema }}.auto_post_title_rule(integer, text) is
'Gives a rule the title that posts show instead of the operation type, from the next claim on; NULL removes it.';
