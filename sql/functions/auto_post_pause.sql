-- Stops claiming: of everything, or of one operation type or agent. What is held is finished. Survives restarts.
-- What waits is parked at once, and what comes later by the claim that meets it. Locks the rows that it parks,
-- in the order of their ids.
create or replace function {{ schema }}.auto_post_pause(p_kind text default null, p_value text default null)
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
        update {{ schema }}.auto_post_control as c set paused = true;
    else
        insert into {{ schema }}.auto_post_pauses (kind, value) values (p_kind, p_value)
        -- Locks a pause that is there already, so that it cannot end before this one is given.
        on conflict (kind, value) do update set paused_at = auto_post_pauses.paused_at;
        with waiting as (
            select o.id
            from {{ schema }}.auto_post_outbox as o
            where
                o.state = 'pending' and o.available_at < 'infinity'
                and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value
            order by o.id
            for update
        )

        update {{ schema }}.auto_post_outbox as o
        set available_at = 'infinity'
        from waiting
        where o.id = waiting.id;
        begin
            if p_kind = 'agent' and not exists (select from {{ schema }}.auto_post_agents(p_value)) then
                raise notice 'no agent has the id %: it is paused all the same', p_value;
            end if;
        exception when insufficient_privilege then
            null;  -- this role may not read the agents
        end;
    end if;
    perform {{ schema }}.auto_post_log_operator_action('pause', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_pause(text, text) from public;

comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of one agent, of one operation_type, or, without arguments, of everything. Holds until '
'auto_post_resume.';
