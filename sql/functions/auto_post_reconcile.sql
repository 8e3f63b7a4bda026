-- Captures significant operations that have no outbox row: the trigger was disabled, capturing failed, a restore.
-- Reads the next p_blocks blocks of operation_trackers and captures up to p_limit operations; returns how many. Of a
-- partitioned table it reads as many blocks in all, the same ones of each partition.
-- What ended before autopost was installed, capture was switched on or the rule was made is left alone.
-- One runs at a time (it locks the row of auto_post_reconciliation); another returns 0. Commits with the caller. Locks
-- its new outbox rows.
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
    perform from {{ schema }}.auto_post_reconciliation for update skip locked;
    if not found or not (select c.capture_enabled from {{ schema }}.auto_post_control as c) then
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
        from {{ platform }}.operation_trackers as t
        cross join {{ schema }}.auto_post_best_rule(t.operation_type::text, t.status::text) as r
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
        and (select g.id from {{ schema }}.auto_post_tombstones as g where g.id = s.outbox_id) is null
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
