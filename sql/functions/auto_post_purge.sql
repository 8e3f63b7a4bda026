-- Removes what autopost holds of one agent or of one tenant: its outbox rows with their raw text, when it posted last,
-- and what of it was broadcast. A worker that holds one of the rows loses it. Of operation types and statuses the audit
-- rows have words only.
-- What still waits ends as skipped (purged), with its audit row. Posts and the audit log are the platform's and stay.
-- Returns how many outbox rows went. Their operations never count again. Locks them in the order of their ids.
-- Fails, and changes nothing, without p_confirm, and when the platform's audit log does not keep each of the rows.
create or replace function {{ schema }}.auto_post_purge(
    p_agent_id text default null,
    p_tenant_id text default null,
    p_confirm boolean default false
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
    v_ended bigint;
    v_audited bigint;
begin
    if (p_agent_id is null) = (p_tenant_id is null) or coalesce(p_agent_id, p_tenant_id) = '' then
        raise exception 'give an agent or a tenant, and not both' using errcode = 'invalid_parameter_value';
    end if;
    if not coalesce(p_confirm, false) then
        select pg_catalog.count(*), pg_catalog.count(*) filter (where o.state in ('pending', 'claimed'))
        into v_rows, v_ended
        from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id;
        raise exception 'nothing was purged: % outbox rows would be removed, % of them not posted yet', v_rows, v_ended
        using errcode = 'object_not_in_prerequisite_state', hint = 'Repeat it with p_confirm => true.';
    end if;
    with held as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id
        order by o.id
        for update
    ),

    gone as (
        delete from {{ schema }}.auto_post_outbox as o
        using held
        where o.id = held.id
        returning o.*
    ),

    remembered as (
        insert into {{ schema }}.auto_post_tombstones (id)
        select g.id from gone as g
        on conflict (id) do nothing
    ),

    ended as (
        insert into {{ platform }}.audit_log (
            id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
        )
        select
            pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), g.agent_id, 'auto_post.skipped',
            case
                when length(g.operation_type) <= {{ pattern.operation_type_length }}
                and g.operation_type ~ '^{{ pattern.operation_type }}$' then g.operation_type
            end, g.tracker_id,
            case
                when length(g.status) <= {{ pattern.status_length }} and g.status ~ '^{{ pattern.status }}$' then g.status
            end,
            pg_catalog.jsonb_build_object(
                'outcome', 'skipped', 'reason', 'purged', 'outbox_id', g.id, 'attempts', g.attempts,
                'by', session_user
            )
        from gone as g
        where g.state in ('pending', 'claimed')
        returning true as is_kept
    )

    select
        pg_catalog.count(*), pg_catalog.count(*) filter (where g.state in ('pending', 'claimed')),
        (select pg_catalog.count(*) from ended)
    into v_rows, v_ended, v_audited
    from gone as g;
    if v_audited < v_ended then
        raise exception 'nothing was purged: the audit log kept % of % rows', v_audited, v_ended
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'A trigger or a rule of the platform on its audit log keeps rows out.';
    end if;
    -- A statement of its own: it sees the windows of those for whom the first one waited.
    with windows as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where
            l.agent_id = p_agent_id
            or l.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by l.agent_id
        for update
    )

    delete from {{ schema }}.auto_post_rate_limits as l
    using windows
    where l.agent_id = windows.agent_id;
    with windows as (
        select w.agent_id, w.operation_type, w.began_at
        from {{ schema }}.auto_post_alert_windows as w
        where
            w.agent_id = p_agent_id
            or w.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by w.agent_id, w.operation_type, w.began_at
        for update
    )

    delete from {{ schema }}.auto_post_alert_windows as w
    using windows as o
    where w.agent_id = o.agent_id and w.operation_type = o.operation_type and w.began_at = o.began_at;
    delete from {{ schema }}.auto_post_rate_limited as k
    where
        k.agent_id = p_agent_id
        or k.tenant_id = p_tenant_id
        or k.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id);
    -- What was broadcast; what was not yet keeps its position in the feed and will be.
    delete from {{ schema }}.auto_post_events as a
    where
        (a.agent_id = p_agent_id or a.tenant_id = p_tenant_id)
        and a.position <= (select pg_catalog.min(p.position) from {{ schema }}.auto_post_consumers as p);
    -- A later revision adds webhooks.
    if pg_catalog.to_regclass('{{ schema }}.auto_post_webhook_dead_letters') is not null then
        delete from {{ schema }}.auto_post_webhook_dead_letters as d
        where d.agent_id = p_agent_id or d.tenant_id = p_tenant_id;
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'purge', pg_catalog.jsonb_build_object('rows', v_rows, 'agent', p_agent_id, 'tenant', p_tenant_id)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_purge(text, text, boolean) from public;

comment on function {{ schema }}.auto_post_purge(text, text, boolean) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant, the other NULL; returns how many. '
'Without p_confirm it changes nothing and fails with the number.';
