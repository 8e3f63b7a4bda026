-- Ends a pause: the one for all, or that of one operation type or agent. Rows that it parked are due at once.
-- Waits for claims that are parking, so that none is parked without a pause. Locks the rows that it lets go, in the
-- order of their ids.
create or replace function {{ schema }}.auto_post_resume(p_kind text default null, p_value text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (p_kind is null) <> (p_value is null) or coalesce(p_value, 'x') = '' then
        raise exception 'give both a kind and a value, or neither for all'
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind not in ('operation_type', 'agent') then
        raise exception 'the kind is %, and must be operation_type or agent', p_kind
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind is null then
        update {{ schema }}.auto_post_control as c set paused = false where c.paused;
    else
        delete from {{ schema }}.auto_post_pauses as p where p.kind = p_kind and p.value = p_value;
    end if;
    if not found then
        raise exception '% is not paused', coalesce(p_kind || ' ' || p_value, 'claiming')
        using errcode = 'invalid_parameter_value';
    end if;
    -- In the order of capture. A row that another pause holds too is parked again by the claim that meets it.
    with parked as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where
            p_kind is not null and o.state = 'pending' and o.available_at = 'infinity'
            and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value
        order by o.id
        for update
    )

    update {{ schema }}.auto_post_outbox as o
    set available_at = o.captured_at
    from parked
    where o.id = parked.id;
    perform {{ schema }}.auto_post_log_operator_action('resume', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_resume(text, text) from public;

comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it; without arguments that of everything. Refuses what is not paused.';
