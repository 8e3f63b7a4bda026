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

    insert into {{ platform }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
    )
    select
        pg_catalog.gen_random_uuid()::text, s.finished_at, s.agent_id, 'auto_post.skipped',
        case
            when length(s.operation_type) <= {{ pattern.operation_type_length }}
            and s.operation_type ~ '^{{ pattern.operation_type }}$' then s.operation_type
        end,
        s.tracker_id,
        case
            when length(s.status) <= {{ pattern.status_length }} and s.status ~ '^{{ pattern.status }}$' then s.status
        end,
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
'Ends the pending, claimed and dead rows of one operation as skipped, with this reason; returns how many rows.';
