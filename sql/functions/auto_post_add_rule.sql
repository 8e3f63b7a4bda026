-- Adds a rule, which applies from the next change on; returns its id. p_status NULL: any status, at first sight.
-- p_title NULL: posts show the operation type.
create or replace function {{ schema }}.auto_post_add_rule(
    p_operation_type text,
    p_status text default null,
    p_match text default 'exact',
    p_is_alert boolean default false,
    p_description text default null,
    p_title text default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_id integer;
    v_other text;
begin
    if p_operation_type is null or pg_catalog.btrim(p_operation_type) = '' then
        raise exception 'the operation type must not be empty' using errcode = 'invalid_parameter_value';
    end if;
    if p_match is null or p_match not in ('exact', 'like') then
        raise exception 'p_match is %, and must be exact or like', p_match using errcode = 'invalid_parameter_value';
    end if;
    if p_match = 'exact' and pg_catalog.strpos(p_operation_type, '%') > 0 then
        raise exception '% looks like a pattern: say p_match => ''like''', p_operation_type
        using errcode = 'invalid_parameter_value';
    end if;
    if p_match = 'like' and p_operation_type ~ '(^|[^\\])(\\\\)*\\$' then
        raise exception '% ends with an escape character: write \\ for a backslash', p_operation_type
        using errcode = 'invalid_parameter_value';
    end if;
    if pg_catalog.length(p_operation_type) > 200 or pg_catalog.length(p_status) > 200 then
        raise exception 'an operation type and a status have at most 200 characters'
        using errcode = 'invalid_parameter_value';
    end if;
    if p_status = '' then
        raise exception 'p_status must be a status, or NULL for any' using errcode = 'invalid_parameter_value';
    end if;
    insert into {{ schema }}.auto_post_rules (operation_type, status, match, is_alert, description)
    values (p_operation_type, p_status, p_match, coalesce(p_is_alert, false), p_description)
    on conflict (operation_type, match, status) do nothing
    returning id into v_id;
    if v_id is null then
        raise exception 'there is a rule for % % already; auto_post_switch_rule switches it',
        p_operation_type, coalesce(p_status, 'in any status')
        using errcode = 'unique_violation';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'add_rule',
        pg_catalog.jsonb_build_object('rule', v_id, 'operation_type', p_operation_type, 'status', p_status)
    );
    if p_title is not null then
        perform {{ schema }}.auto_post_title_rule(v_id, p_title);
    end if;
    select r.status into v_other
    from {{ schema }}.auto_post_rules as r
    where pg_catalog.lower(r.status) = pg_catalog.lower(p_status) and r.status <> p_status
    limit 1;
    if found then
        raise notice 'statuses are case-sensitive: other rules have the status %', v_other;
    end if;
    return v_id;
end
$$;

revoke execute on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text, text) from public;

comment on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text, text) is
'Adds a rule, which applies from the next change on; returns its id.';
