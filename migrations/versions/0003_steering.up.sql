-- Steering from SQL, the reconciler, retention, and the views of a DBA. Everything is added; of what was there only the
-- trigger's function changes. The new index keeps captures waiting while it is built: agents go on, and what they miss
-- meanwhile the reconciler finds, because it looks at everything that ended since this transaction began.

-- The ids of outbox rows that retention took away, so that their operations never count again.
-- 16 bytes a row and no personal data.
create table {{ schema }}.auto_post_seen (
    id uuid not null,
    constraint auto_post_seen_pkey primary key (id)
);

comment on table {{ schema }}.auto_post_seen is
'The ids of outbox rows that were removed. When such an operation comes up again, the claim skips it (counted_before).';

-- What is paused beside the switch for all: kinds of operations, and agents.
create table {{ schema }}.auto_post_pauses (
    kind text not null,
    value text not null,
    paused_at timestamptz not null default now(),
    paused_by text not null default session_user,
    constraint auto_post_pauses_pkey primary key (kind, value),
    constraint auto_post_pauses_kind_check check (kind in ('operation_type', 'agent'))
);

comment on table {{ schema }}.auto_post_pauses is
'Operation types and agents whose rows are not claimed. Their pending rows are parked: available_at is infinity. '
'Changed by auto_post_pause and auto_post_resume.';
comment on column {{ schema }}.auto_post_pauses.kind is 'operation_type or agent.';
comment on column {{ schema }}.auto_post_pauses.value is 'The operation_type itself, or the agent''s id.';

-- How far the reconciler has come in the platform's table. Exactly one row.
create table {{ schema }}.auto_post_reconciliation (
    only_row boolean not null default true,
    since timestamptz not null default now(),
    next_block bigint not null default 0,
    last_run_at timestamptz,
    last_round_at timestamptz,
    found bigint not null default 0,
    constraint auto_post_reconciliation_pkey primary key (only_row),
    constraint auto_post_reconciliation_only_row_check check (only_row),
    constraint auto_post_reconciliation_next_block_check check (next_block >= 0)
);

comment on table {{ schema }}.auto_post_reconciliation is
'How far the reconciler has come in operation_trackers, which it reads in windows of blocks, round after round.';
comment on column {{ schema }}.auto_post_reconciliation.since is
'When autopost was installed or capture last switched on. Operations that ended before are left alone.';
comment on column {{ schema }}.auto_post_reconciliation.last_run_at is 'When a window was last read.';
comment on column {{ schema }}.auto_post_reconciliation.next_block is 'Where the next window begins.';
comment on column {{ schema }}.auto_post_reconciliation.last_round_at is 'When the end of the table was last reached.';
comment on column {{ schema }}.auto_post_reconciliation.found is 'How many missed operations were captured so far.';

insert into {{ schema }}.auto_post_reconciliation default values;

-- What ended before this moment is left alone.
alter table {{ schema }}.auto_post_rules add column since timestamptz not null default now();

comment on column {{ schema }}.auto_post_rules.since is
'When the rule came to be as it is. The reconciler leaves operations alone that ended before. Set by a trigger.';

create index auto_post_outbox_finished_idx on {{ schema }}.auto_post_outbox (finished_at)
where finished_at is not null;

comment on index {{ schema }}.auto_post_outbox_finished_idx is
'For retention and for questions about the last hours. A pending row is not in it.';

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

-- Writes what somebody did from SQL to the audit log, and wakes the workers so that it takes effect at once.
create or replace function {{ schema }}.auto_post_record(
    p_action text,
    p_details jsonb default null,
    p_tracker_id text default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into {{ schema }}.audit_log (id, occurred_at, action, tracker_id, details)
    values (
        pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), 'auto_post.' || p_action, p_tracker_id,
        coalesce(p_details, '{}') || pg_catalog.jsonb_build_object('by', session_user)
    );
    -- With a full queue NOTIFY would fail at commit. The workers then find out by polling.
    if pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
end
$$;

revoke execute on function {{ schema }}.auto_post_record(text, jsonb, text) from public;

comment on function {{ schema }}.auto_post_record(text, jsonb, text) is
'Used by the steering functions: writes an audit row with who did it, and wakes the workers.';

-- Keeps the reconciler from posting the past when a rule is switched, changed or deleted: the rule begins anew, and so
-- does every rule that what it named may meet instead.
create or replace function {{ schema }}.auto_post_rules_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        tg_op = 'UPDATE'
        and (new.operation_type, new.match, new.status, new.enabled)
        is not distinct from (old.operation_type, old.match, old.status, old.enabled)
    then
        return null;
    end if;
    update {{ schema }}.auto_post_rules as r
    set since = pg_catalog.clock_timestamp()
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
'Trigger of auto_post_rules: moves since, when a rule is switched, changed or deleted, of all rules that overlap it.';

-- Keeps the reconciler from posting what ended while capturing was off, however it was switched.
create or replace function {{ schema }}.auto_post_capture_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.capture_enabled and not old.capture_enabled then
        update {{ schema }}.auto_post_reconciliation as r set since = pg_catalog.clock_timestamp();
    end if;
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_since() from public;

comment on function {{ schema }}.auto_post_capture_since() is
'Trigger of auto_post_control: moves the reconciler''s since when capturing is switched on.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns and leaves the change to the reconciler.
-- Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_rule_id integer;
    v_is_alert boolean;
    v_wakeup text;
    v_now timestamptz;
    v_gave_up text;
    v_sqlstate text;
    v_tracker_id text;
begin
    begin
        if tg_op = 'UPDATE' and {{ new.status }}::text is not distinct from {{ old.status }}::text then
            return null;
        end if;

        v_gave_up := pg_catalog.current_setting('autopost.capture_gave_up', true);
        if v_gave_up <> '' and v_gave_up = pg_catalog.pg_current_xact_id()::text then
            return null;
        end if;

        select r.rule_id, r.is_alert, c.wakeup
        into v_rule_id, v_is_alert, v_wakeup
        from {{ schema }}.auto_post_control as c
        cross join {{ schema }}.auto_post_rule_for({{ new.operation_type }}::text, {{ new.status }}::text) as r
        where c.capture_enabled;

        if v_rule_id is null then
            return null;
        end if;

        v_now := pg_catalog.clock_timestamp();

        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        values (
            {{ schema }}.auto_post_outbox_id({{ new.id }}::text, v_rule_id), v_rule_id, {{ new.id }}::text, {{ new.tenant_id }}::text,
            {{ new.agent_id }}::text, {{ new.operation_type }}::text, {{ new.status }}::text, v_is_alert,
            pg_catalog.left({{ new.what_explanation }}::text, 4000), pg_catalog.left({{ new.why_explanation }}::text, 4000),
            pg_catalog.left({{ new.next_steps }}::text, 4000), v_now, v_now
        )
        -- What retention removed is not asked here, where an agent would pay for it: the claim does.
        on conflict (id) do nothing;

        -- A worker that sleeps holds this lock alone. Who gets it shared knows that none sleeps, and keeps any from
        -- falling asleep before this row can be seen.
        if
            found
            and v_wakeup <> 'poll'
            and (v_wakeup = 'notify' or not pg_catalog.pg_try_advisory_xact_lock_shared(
                1635087471, pg_catalog.hashtext('{{ schema }}')
            ))
            -- With a full queue NOTIFY would fail at commit, where nothing can catch it.
            and pg_catalog.pg_notification_queue_usage() < 0.8
        then
            perform pg_catalog.pg_notify('auto_post_doorbell', '');
        end if;
    exception
        when others then
            v_sqlstate := sqlstate;
            -- What is wrong with one row ends there; what is wrong with the outbox will be so for every row.
            if v_sqlstate = '55P03' or pg_catalog.left(v_sqlstate, 2) in ('42', '53', '54', '57', '58', 'XX') then
                perform pg_catalog.set_config(
                    'autopost.capture_gave_up', pg_catalog.pg_current_xact_id()::text, true
                );
            end if;
            begin
                v_tracker_id := pg_catalog.to_jsonb(new) ->> 'id';
            exception
                when others then
                    v_tracker_id := null;
            end;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', v_tracker_id, v_sqlstate
            using hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

-- Captures significant operations that have no outbox row: the trigger was disabled, capturing failed, a restore.
-- Reads the next p_blocks blocks of operation_trackers and captures up to p_limit operations; returns how many. Of a
-- partitioned table it reads as many blocks in all, the same ones of each partition.
-- What ended before autopost was installed, capture was switched on or the rule was made is left alone.
-- One runs at a time (advisory lock); another returns 0. Commits with the caller. Locks its new outbox rows.
create or replace function {{ schema }}.auto_post_reconcile(p_blocks integer default 1000, p_limit integer default 1000)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set jit = off
as $$
declare
    v_since timestamptz;
    v_from bigint;
    v_to bigint;
    v_size bigint;
    v_tables bigint;
    v_found integer;
begin
    if p_blocks is null or p_blocks < 1 or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_reconcile: p_blocks and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    if
        not pg_catalog.pg_try_advisory_xact_lock(1635087472, pg_catalog.hashtext('{{ schema }}'))
        or not (select c.capture_enabled from {{ schema }}.auto_post_control as c)
    then
        return 0;
    end if;

    -- The leaves of a partitioned table; a plain one is in no partition tree.
    select
        coalesce(pg_catalog.max(pg_catalog.pg_relation_size(l.relid)), 0)
        / pg_catalog.current_setting('block_size')::bigint,
        greatest(pg_catalog.count(*), 1)
    into v_size, v_tables
    from (
        select '{{ trackers }}'::pg_catalog.regclass as relid
        union
        select p.relid from pg_catalog.pg_partition_tree('{{ trackers }}') as p where p.isleaf
    ) as l;
    select r.since, case when r.next_block < v_size then r.next_block else 0 end
    into v_since, v_from
    from {{ schema }}.auto_post_reconciliation as r;
    v_to := least(v_from + greatest(p_blocks / v_tables, 1), 4294967295);

    with significant as (
        select
            t.id::text as tracker_id, t.tenant_id::text as tenant_id, t.agent_id::text as agent_id,
            t.operation_type::text as operation_type, t.status::text as status, r.rule_id, r.is_alert,
            pg_catalog.left(t.what_explanation::text, 4000) as what_explanation,
            pg_catalog.left(t.why_explanation::text, 4000) as why_explanation,
            pg_catalog.left(t.next_steps::text, 4000) as next_steps,
            {{ schema }}.auto_post_outbox_id(t.id::text, r.rule_id) as outbox_id
        from {{ schema }}.operation_trackers as t
        cross join {{ schema }}.auto_post_rule_for(t.operation_type::text, t.status::text) as r
        where
            t.ctid >= pg_catalog.format('(%s,0)', v_from)::pg_catalog.tid
            and t.ctid < pg_catalog.format('(%s,0)', v_to)::pg_catalog.tid
            and coalesce(t.completed_at, t.started_at) >= greatest(v_since, r.since)
    )

    insert into {{ schema }}.auto_post_outbox (
        id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
        what_explanation, why_explanation, next_steps, captured_at, available_at
    )
    select
        s.outbox_id, s.rule_id, s.tracker_id, s.tenant_id, s.agent_id, s.operation_type, s.status, s.is_alert,
        s.what_explanation, s.why_explanation, s.next_steps, pg_catalog.clock_timestamp(),
        pg_catalog.clock_timestamp()
    from significant as s
    -- Scalar, so that each is a probe of an index, whatever the planner thinks of the sizes.
    where
        (select o.id from {{ schema }}.auto_post_outbox as o where o.id = s.outbox_id) is null
        and (select g.id from {{ schema }}.auto_post_seen as g where g.id = s.outbox_id) is null
    limit p_limit
    on conflict (id) do nothing;
    get diagnostics v_found = row_count;

    -- A window that held more than the limit is read again.
    update {{ schema }}.auto_post_reconciliation as r
    set
        next_block = case when v_found < p_limit then v_to else v_from end,
        last_run_at = pg_catalog.clock_timestamp(),
        last_round_at = case
            when v_found < p_limit and v_to >= v_size then pg_catalog.clock_timestamp()
            else r.last_round_at
        end,
        found = r.found + v_found;

    if v_found > 0 and pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
    return v_found;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile(integer, integer) from public;

comment on function {{ schema }}.auto_post_reconcile(integer, integer) is
'Captures operations that the trigger missed, from the next window of operation_trackers; returns how many.';

-- Removes up to p_limit finished rows, and their raw text, that ended longer than p_keep ago; returns how many.
-- Their ids go to auto_post_seen, so that their operations never count again. One runs at a time (advisory lock);
-- another returns 0. Commits with the caller. Locks the rows that it removes.
create or replace function {{ schema }}.auto_post_expire(p_keep interval, p_limit integer default 1000)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_removed integer;
begin
    if p_keep is null or p_keep < interval '0' or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_expire: p_keep must not be negative, and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    if not pg_catalog.pg_try_advisory_xact_lock(1635087473, pg_catalog.hashtext('{{ schema }}')) then
        return 0;
    end if;

    with old as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at < pg_catalog.now() - p_keep
        order by o.finished_at
        limit p_limit
        for update skip locked
    ),

    remembered as (
        insert into {{ schema }}.auto_post_seen (id)
        select old.id from old
        on conflict (id) do nothing
    )

    delete from {{ schema }}.auto_post_outbox as o
    using old
    where o.id = old.id;
    get diagnostics v_removed = row_count;
    return v_removed;
end
$$;

revoke execute on function {{ schema }}.auto_post_expire(interval, integer) from public;

comment on function {{ schema }}.auto_post_expire(interval, integer) is
'Removes finished rows that ended longer than p_keep ago, in one small batch; returns how many.';

-- Stops claiming: of everything, or of one operation type or agent. What is held is finished. Survives restarts.
-- What waits is parked at once, and what comes later by the claim that meets it. Locks the rows that it parks.
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
        on conflict (kind, value) do nothing;
        update {{ schema }}.auto_post_outbox as o
        set available_at = 'infinity'
        where
            o.state = 'pending' and o.available_at < 'infinity'
            and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value;
    end if;
    perform {{ schema }}.auto_post_record('pause', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_pause(text, text) from public;

comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of everything, of one operation_type or of one agent. Holds until auto_post_resume.';

-- Ends a pause: the one for all, or that of one operation type or agent. Rows that it parked are due at once.
-- Waits for claims that are parking, so that none is parked without a pause. Locks the rows that it lets go.
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
    update {{ schema }}.auto_post_outbox as o
    set available_at = o.captured_at
    where
        p_kind is not null and o.state = 'pending' and o.available_at = 'infinity'
        and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value;
    perform {{ schema }}.auto_post_record('resume', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_resume(text, text) from public;

comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it. Refuses what is not paused.';

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
    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(), finished_at = null
    where o.id = any(v_ids) and o.state = 'dead';
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

revoke execute on function {{ schema }}.auto_post_retry(text) from public;

comment on function {{ schema }}.auto_post_retry(text) is
'Gives the dead rows of one operation a new life; returns how many. Refuses an operation that has none.';

-- Gives dead rows a new life, the longest dead first; returns how many. p_error: only of this error; NULL: of any.
create or replace function {{ schema }}.auto_post_retry_all(p_error text default null, p_limit integer default 1000)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows integer;
begin
    if p_limit is null or p_limit < 1 then
        raise exception 'p_limit must be 1 or more' using errcode = 'invalid_parameter_value';
    end if;
    with dead as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.state = 'dead' and o.finished_at is not null and (p_error is null or o.last_error = p_error)
        order by o.finished_at
        limit p_limit
        for update skip locked
    )

    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(), finished_at = null
    from dead
    where o.id = dead.id;
    get diagnostics v_rows = row_count;
    perform {{ schema }}.auto_post_record(
        'retry_all', pg_catalog.jsonb_build_object('rows', v_rows, 'error', p_error)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_all(text, integer) from public;

comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Gives up to p_limit dead rows a new life, of one error or of any; returns how many.';

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
    with skipped as (
        update {{ schema }}.auto_post_outbox as o
        set
            state = 'skipped', reason = p_reason, epoch = o.epoch + 1, worker = null,
            finished_at = pg_catalog.clock_timestamp()
        where o.id = any(v_ids) and o.state in ('pending', 'claimed', 'dead')
        returning o.*
    )

    insert into {{ schema }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
    )
    select
        pg_catalog.gen_random_uuid()::text, s.finished_at, s.agent_id, 'auto_post.skipped', s.operation_type,
        s.tracker_id, s.status,
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

revoke execute on function {{ schema }}.auto_post_skip(text, text) from public;

comment on function {{ schema }}.auto_post_skip(text, text) is
'Ends what waits of one operation as skipped, for a reason that is given; returns how many rows.';

-- Gives skipped rows that ended from p_from to before p_to another chance, the oldest first; returns how many.
-- p_reason: only those skipped for it; NULL: for any. Posted rows stay posted.
create or replace function {{ schema }}.auto_post_requeue(
    p_from timestamptz,
    p_to timestamptz,
    p_reason text default null,
    p_limit integer default 1000
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows integer;
begin
    if p_from is null or p_to is null or p_from >= p_to or p_limit is null or p_limit < 1 then
        raise exception 'p_from must be before p_to, and p_limit 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    with skipped as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where
            o.finished_at >= p_from and o.finished_at < p_to and o.state = 'skipped'
            and (p_reason is null or o.reason = p_reason)
        order by o.finished_at
        limit p_limit
        for update skip locked
    )

    update {{ schema }}.auto_post_outbox as o
    set
        state = 'pending', reason = null, attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(),
        finished_at = null
    from skipped
    where o.id = skipped.id;
    get diagnostics v_rows = row_count;
    perform {{ schema }}.auto_post_record(
        'requeue', pg_catalog.jsonb_build_object('rows', v_rows, 'from', p_from, 'to', p_to, 'reason', p_reason)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer) from public;

comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer) is
'Gives skipped rows that ended in a range of time another chance; returns how many.';

-- Lets the trigger write to the outbox. Operations that ended while it did not are left alone for good.
create or replace function {{ schema }}.auto_post_capture_on()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = true;
    perform {{ schema }}.auto_post_record('capture_on');
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_on() from public;

comment on function {{ schema }}.auto_post_capture_on() is
'Lets the trigger write to the outbox again. What ended meanwhile is not captured later.';

-- Keeps the trigger from writing to the outbox. What waits there is worked off.
create or replace function {{ schema }}.auto_post_capture_off()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = false;
    perform {{ schema }}.auto_post_record('capture_off');
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_off() from public;

comment on function {{ schema }}.auto_post_capture_off() is
'Keeps the trigger from writing to the outbox; what waits there is worked off.';

-- Switches capturing off and returns how many rows still wait; when it returns 0, the outbox is drained.
create or replace function {{ schema }}.auto_post_drain()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (select c.capture_enabled from {{ schema }}.auto_post_control as c) then
        perform {{ schema }}.auto_post_capture_off();
    end if;
    return (
        select pg_catalog.count(*) from {{ schema }}.auto_post_outbox as o where o.state in ('pending', 'claimed')
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_drain() from public;

comment on function {{ schema }}.auto_post_drain() is
'Switches capturing off and returns how many rows still wait. Call it until it says 0; then auto_post_capture_on().';

-- Adds a rule, which counts from the next change on; returns its id. p_status NULL: any status, at first sight.
create or replace function {{ schema }}.auto_post_add_rule(
    p_operation_type text,
    p_status text default null,
    p_match text default 'exact',
    p_is_alert boolean default false,
    p_description text default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id integer;
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
    perform {{ schema }}.auto_post_record(
        'add_rule',
        pg_catalog.jsonb_build_object('rule', v_id, 'operation_type', p_operation_type, 'status', p_status)
    );
    return v_id;
end
$$;

revoke execute on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text) from public;

comment on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text) is
'Adds a rule, which counts from the next change on; returns its id.';

-- Switches a rule on or off; it counts from the next change on.
create or replace function {{ schema }}.auto_post_switch_rule(p_rule_id integer, p_enabled boolean)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_enabled is null then
        raise exception 'p_enabled must be true or false' using errcode = 'invalid_parameter_value';
    end if;
    update {{ schema }}.auto_post_rules as r set enabled = p_enabled where r.id = p_rule_id;
    if not found then
        raise exception 'there is no rule %', p_rule_id using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_record(
        'switch_rule', pg_catalog.jsonb_build_object('rule', p_rule_id, 'enabled', p_enabled)
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_switch_rule(integer, boolean) from public;

comment on function {{ schema }}.auto_post_switch_rule(integer, boolean) is
'Switches a rule on or off.';

-- Removes what autopost holds of one agent or of one tenant: its outbox rows with their raw text, and when it posted
-- last. A worker that holds one of the rows loses it.
-- What still waits ends as skipped (purged), with its audit row. Posts and the audit log are the platform's and stay.
-- Returns how many outbox rows went. Their operations never count again.
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
    with gone as (
        delete from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id
        returning o.*
    ),

    remembered as (
        insert into {{ schema }}.auto_post_seen (id)
        select g.id from gone as g
        on conflict (id) do nothing
    ),

    limits as (
        delete from {{ schema }}.auto_post_rate_limits as l
        where
            l.agent_id = p_agent_id
            or l.agent_id in (select a.id from {{ schema }}.agents as a where a.tenant_id::text = p_tenant_id)
    ),

    ended as (
        insert into {{ schema }}.audit_log (
            id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
        )
        select
            pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), g.agent_id, 'auto_post.skipped',
            g.operation_type, g.tracker_id, g.status,
            pg_catalog.jsonb_build_object(
                'outcome', 'skipped', 'reason', 'purged', 'outbox_id', g.id, 'attempts', g.attempts,
                'by', session_user
            )
        from gone as g
        where g.state in ('pending', 'claimed')
    )

    select pg_catalog.count(*) into v_rows from gone;
    perform {{ schema }}.auto_post_record(
        'purge', pg_catalog.jsonb_build_object('rows', v_rows, 'agent', p_agent_id, 'tenant', p_tenant_id)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_purge(text, text) from public;

comment on function {{ schema }}.auto_post_purge(text, text) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant; returns how many.';

-- What became of an operation, step by step, the first first: from the outbox, the audit log and the feed. No texts.
-- Finds the rows by their ids and does not read the outbox through. A rule that was deleted is not known any more.
create or replace function {{ schema }}.auto_post_story(p_tracker_id text)
returns table (happened_at timestamptz, step text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with ids as (
        select r.id as rule_id, {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) as id
        from {{ schema }}.auto_post_rules as r
    ),

    found as (
        select
            o.rule_id, o.operation_type, o.status, o.state, o.captured_at, o.available_at, o.claimed_at, o.attempts,
            o.worker, o.last_error
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(array(select i.id from ids as i))
    ),

    steps (happened_at, sorting, step, detail) as (
        select
            f.captured_at, 1, 'captured',
            pg_catalog.concat_ws(' ', f.operation_type, f.status, 'by rule', f.rule_id)
        from found as f
        union all
        select
            f.claimed_at, 2, 'claimed',
            pg_catalog.concat_ws(' ', 'attempt', f.attempts, case when f.worker is not null then 'by ' || f.worker end)
        from found as f
        where f.claimed_at is not null
        union all
        select
            null, 5, case when f.available_at = 'infinity' then 'parked' else 'waiting' end,
            case
                when f.available_at = 'infinity' then 'until its pause ends'
                else pg_catalog.concat_ws(' ', 'due', f.available_at, 'after ' || f.last_error)
            end
        from found as f
        where f.state = 'pending'
        union all
        select
            l.occurred_at, 3, pg_catalog.regexp_replace(l.action, '^auto_post\.', ''),
            pg_catalog.concat_ws(
                ' ', l.details ->> 'reason', l.details ->> 'error', l.details ->> 'generator',
                'by ' || coalesce(l.details ->> 'by', l.details ->> 'worker')
            )
        from {{ schema }}.audit_log as l
        where l.tracker_id = p_tracker_id and l.action like 'auto\_post.%'
        union all
        select p.created_at, 4, 'in the feed', pg_catalog.concat_ws(' ', p.post_type, p.id)
        from {{ schema }}.social_posts as p
        where p.id = any(array(select i.id::text from ids as i))
        union all
        select null, 6, 'removed', 'its outbox row of rule ' || i.rule_id::text || ' is gone; it never counts again'
        from ids as i
        inner join {{ schema }}.auto_post_seen as s on i.id = s.id
    )

    select s.happened_at, s.step, s.detail
    from steps as s
    order by s.happened_at asc nulls last, s.sorting asc, s.step asc
$$;

revoke execute on function {{ schema }}.auto_post_story(text) from public;

comment on function {{ schema }}.auto_post_story(text) is
'What became of an operation (tracker_id), a row for each step: at what time, which, and why or by whom.';

-- A rule that is switched or changed begins anew.
create trigger auto_post_rules_since
after update of operation_type, match, status, enabled or delete on {{ schema }}.auto_post_rules
for each row execute function {{ schema }}.auto_post_rules_since();

comment on trigger auto_post_rules_since on {{ schema }}.auto_post_rules is
'Moves since when a rule is switched, changed or deleted.';

-- What ended while capturing was off is left alone.
create trigger auto_post_capture_since
after update of capture_enabled on {{ schema }}.auto_post_control
for each row execute function {{ schema }}.auto_post_capture_since();

comment on trigger auto_post_capture_since on {{ schema }}.auto_post_control is
'Moves the reconciler''s since when capturing is switched on.';

-- How autopost fares, in one row.
create or replace view {{ schema }}.auto_post_health
with (security_invoker = true)
as
with unfinished as (
    select
        count(*) filter (where o.state = 'pending' and o.available_at < 'infinity') as waiting,
        count(*) filter (where o.state = 'claimed') as claimed,
        count(*) filter (where o.available_at = 'infinity') as parked,
        count(*) filter (
            where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0
        ) as retrying,
        extract(epoch from clock_timestamp() - min(o.captured_at) filter (
            where o.state = 'pending' and o.available_at < 'infinity'
        ))::double precision as oldest_waiting_seconds
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
),

last_day as (
    select
        count(*) filter (where o.state = 'dead') as dead_last_day,
        count(*) filter (where o.state = 'posted' and o.finished_at > now() - interval '1 hour') as posted_last_hour,
        count(*) filter (where o.state = 'skipped' and o.finished_at > now() - interval '1 hour') as skipped_last_hour,
        count(*) filter (where o.state = 'dead' and o.finished_at > now() - interval '1 hour') as dead_last_hour
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
)

select
    u.waiting, u.claimed, u.parked, u.retrying, u.oldest_waiting_seconds,
    d.dead_last_day, d.posted_last_hour, d.skipped_last_hour, d.dead_last_hour,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    c.paused, c.capture_enabled,
    coalesce((
        select t.tgenabled in ('O', 'A')
        from pg_catalog.pg_trigger as t
        where
            t.tgrelid = to_regclass('{{ schema }}.operation_trackers')
            and t.tgname = 'auto_post_capture'
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'How autopost fares, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
comment on column {{ schema }}.auto_post_health.waiting is 'Pending rows that are not parked.';
comment on column {{ schema }}.auto_post_health.parked is 'Pending rows of a paused operation type or agent.';
comment on column {{ schema }}.auto_post_health.retrying is 'Those that wait after a failed attempt.';
comment on column {{ schema }}.auto_post_health.workers_alive is 'Seen in the last 60 seconds.';
comment on column {{ schema }}.auto_post_health.trigger_enabled is
'False: somebody disabled or dropped the trigger; what it misses is captured by the reconciler, later.';

-- What could not be brought to an end, the latest first; no texts. auto_post_retry gives a row a new life.
create or replace view {{ schema }}.auto_post_dead
with (security_invoker = true)
as
select o.tracker_id, o.agent_id, o.operation_type, o.status, o.attempts, o.last_error, o.captured_at, o.finished_at
from {{ schema }}.auto_post_outbox as o
where o.state = 'dead' and o.finished_at is not null
order by o.finished_at desc;

comment on view {{ schema }}.auto_post_dead is
'Dead letters, the latest first. auto_post_retry(tracker_id) or auto_post_retry_all() gives them a new life.';

-- What has been due for more than a minute and was not taken: no worker is alive, it is overloaded, or claiming is
-- paused.
create or replace view {{ schema }}.auto_post_stuck
with (security_invoker = true)
as
select
    o.tracker_id, o.agent_id, o.operation_type, o.state, o.worker, o.attempts, o.last_error, o.captured_at,
    now() - o.available_at as overdue_for
from {{ schema }}.auto_post_outbox as o
where o.state in ('pending', 'claimed') and o.available_at < now() - interval '1 minute'
order by o.available_at;

comment on view {{ schema }}.auto_post_stuck is
'Rows that have been due for more than a minute: pending ones that nobody claimed, claimed ones that nobody rescued.';
comment on column {{ schema }}.auto_post_stuck.worker is 'Who held the row when its lease ran out.';

-- Why operations of the last day were not posted, hour by hour.
create or replace view {{ schema }}.auto_post_skips
with (security_invoker = true)
as
select
    date_trunc('hour', o.finished_at) as at_hour,
    o.reason,
    count(*) as operations,
    count(distinct o.agent_id) as agents
from {{ schema }}.auto_post_outbox as o
where o.state = 'skipped' and o.finished_at > now() - interval '1 day'
group by at_hour, o.reason
order by at_hour desc, operations desc, o.reason asc;

comment on view {{ schema }}.auto_post_skips is
'Why operations of the last day were not posted: how many for each reason, hour by hour.';
