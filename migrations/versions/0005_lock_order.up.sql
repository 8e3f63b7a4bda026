-- One order of locks for everybody, so that no two transactions wait for each other.

-- Lets two changes of rules wait for each other before either locks a rule: each moves the since of those it overlaps.
create or replace function {{ schema }}.auto_post_rules_in_turn()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(1635087474, pg_catalog.hashtext('{{ schema }}'));
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_rules_in_turn() from public;

comment on function {{ schema }}.auto_post_rules_in_turn() is
'Trigger of auto_post_rules: one transaction at a time changes or deletes rules (advisory lock).';

-- Removes what autopost holds of one agent or of one tenant: its outbox rows with their raw text, and when it posted
-- last. A worker that holds one of the rows loses it. Of operation types and statuses the audit rows have words only.
-- What still waits ends as skipped (purged), with its audit row. Posts and the audit log are the platform's and stay.
-- Returns how many outbox rows went. Their operations never count again. Locks them in the order of their ids.
create or replace function {{ schema }}.auto_post_purge(p_agent_id text default null, p_tenant_id text default null)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
begin
    if (p_agent_id is null) = (p_tenant_id is null) or coalesce(p_agent_id, p_tenant_id) = '' then
        raise exception 'give an agent or a tenant, and not both' using errcode = 'invalid_parameter_value';
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
        insert into {{ schema }}.auto_post_seen (id)
        select g.id from gone as g
        on conflict (id) do nothing
    ),

    ended as (
        insert into {{ schema }}.audit_log (
            id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
        )
        select
            pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), g.agent_id, 'auto_post.skipped',
            case when g.operation_type ~ '^[A-Za-z][A-Za-z0-9_.:-]{0,59}$' then g.operation_type end, g.tracker_id,
            case when g.status ~ '^[A-Za-z][A-Za-z_-]{0,39}$' then g.status end,
            pg_catalog.jsonb_build_object(
                'outcome', 'skipped', 'reason', 'purged', 'outbox_id', g.id, 'attempts', g.attempts,
                'by', session_user
            )
        from gone as g
        where g.state in ('pending', 'claimed')
    )

    select pg_catalog.count(*) into v_rows from gone;
    -- A statement of its own: it sees the windows of those for whom the first one waited.
    with windows as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where
            l.agent_id = p_agent_id
            or l.agent_id in (select a.id from {{ schema }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by l.agent_id
        for update
    )

    delete from {{ schema }}.auto_post_rate_limits as l
    using windows
    where l.agent_id = windows.agent_id;
    perform {{ schema }}.auto_post_record(
        'purge', pg_catalog.jsonb_build_object('rows', v_rows, 'agent', p_agent_id, 'tenant', p_tenant_id)
    );
    return v_rows;
end
$$;

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
    end if;
    perform {{ schema }}.auto_post_record('pause', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

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
    perform {{ schema }}.auto_post_record('resume', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

-- Gives the dead rows of one operation a new life, with all their attempts; returns how many.
create or replace function {{ schema }}.auto_post_retry(p_tracker_id text)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[] := array(
        select {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) from {{ schema }}.auto_post_rules as r
    );
    v_rows integer;
    v_states text;
begin
    with dead as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids) and o.state = 'dead'
        order by o.id
        for update
    )

    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(), finished_at = null
    from dead
    where o.id = dead.id;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        select pg_catalog.string_agg(distinct o.state, ', ') into v_states
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids);
        raise exception 'operation % has no dead row: %', p_tracker_id,
        coalesce('it is ' || v_states, 'it is not in the outbox')
        using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_record('retry', pg_catalog.jsonb_build_object('rows', v_rows), p_tracker_id);
    return v_rows;
end
$$;

-- Ends what waits of one operation as skipped, for a reason that somebody gives; returns how many rows. A worker that
-- holds one of them loses it: its epoch moves on. Also ends dead rows, which then count as skipped.
create or replace function {{ schema }}.auto_post_skip(p_tracker_id text, p_reason text)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[] := array(
        select {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) from {{ schema }}.auto_post_rules as r
    );
    v_rows integer;
    v_states text;
begin
    if p_reason is null or p_reason !~ '^[A-Za-z0-9_ -]{1,60}$' then
        raise exception 'the reason must be 1 to 60 letters, digits, spaces, _ or -'
        using errcode = 'invalid_parameter_value';
    end if;
    with waiting as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids) and o.state in ('pending', 'claimed', 'dead')
        order by o.id
        for update
    ),

    skipped as (
        update {{ schema }}.auto_post_outbox as o
        set
            state = 'skipped', reason = p_reason, epoch = o.epoch + 1, worker = null,
            finished_at = pg_catalog.clock_timestamp()
        from waiting
        where o.id = waiting.id
        returning o.*
    )

    insert into {{ schema }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
    )
    select
        pg_catalog.gen_random_uuid()::text, s.finished_at, s.agent_id, 'auto_post.skipped',
        case when s.operation_type ~ '^[A-Za-z][A-Za-z0-9_.:-]{0,59}$' then s.operation_type end,
        s.tracker_id, case when s.status ~ '^[A-Za-z][A-Za-z_-]{0,39}$' then s.status end,
        pg_catalog.jsonb_build_object(
            'outcome', 'skipped', 'reason', p_reason, 'outbox_id', s.id, 'attempts', s.attempts, 'by', session_user
        )
    from skipped as s;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        select pg_catalog.string_agg(distinct o.state, ', ') into v_states
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids);
        raise exception 'operation % has nothing to skip: %', p_tracker_id,
        coalesce('it is ' || v_states, 'it is not in the outbox')
        using errcode = 'invalid_parameter_value';
    end if;
    return v_rows;
end
$$;

-- Those who change rules go one after another.
create trigger auto_post_rules_in_turn
before update or delete on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_rules_in_turn();

comment on trigger auto_post_rules_in_turn on {{ schema }}.auto_post_rules is
'Keeps two changes of rules that overlap from waiting for each other.';
