-- Captures significant operations that have no outbox row: the trigger was disabled, capturing failed, a restore.
-- Reads the next p_blocks blocks of operation_trackers and captures up to p_limit operations; returns how many. Of
-- several tables of operations, of a partitioned table or of one with children, it reads as many blocks in all, the
-- same ones of each table.
-- Reads nothing while autopost is detached from the platform's tables.
-- What ended before autopost was installed, capture was switched on or the rule was made is ignored.
-- A row that cannot be read is passed over and noted in auto_post_not_captured: a window that fails is read in halves,
-- and a block that fails row by row. After a hundred such rows the next call continues.
-- Refuses to read under policies of the platform that could run functions with the rights of this function's owner. A
-- table of several that it cannot read does not keep it from the others, and is noted as well.
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
    v_from bigint;
    v_to bigint;
    v_reached bigint;
    v_size bigint;
    v_files bigint;
    v_found integer := 0;
    v_unreadable integer;
    v_lows bigint[];
    v_highs bigint[];
    v_low bigint;
    v_high bigint;
    v_policy text;
    v_table record;
    v_tables regclass[] := '{}';
    v_views regclass[] := '{}';
    v_number integer;
    v_failed text[] := '{}';
    v_sqlstates text[] := '{}';
begin
    if p_blocks is null or p_blocks < 1 or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_reconcile: p_blocks and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    perform from {{ schema }}.auto_post_reconciliation for update skip locked;
    if
        not found
        or not (select c.capture_enabled from {{ schema }}.auto_post_control as c)
        or pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_detached()') is not null
    then
        return 0;
    end if;

    select pg_catalog.count(*) into v_number
    from (values {{ operations }}) as o (qualified, view_name, status_columns, capture);
    for v_table in
        select o.qualified, o.view_name
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    loop
        begin
            -- From here to the end of the transaction the table and its policies stay as they are.
            execute pg_catalog.format('lock table %s in access share mode', v_table.qualified);
            if
                (select c.relkind from pg_catalog.pg_class as c where c.oid = v_table.qualified::regclass)
                not in ('r', 'p')
            then
                raise exception 'auto_post_reconcile: % is not a table, and a view would run code of the platform',
                v_table.qualified
                using errcode = 'wrong_object_type';
            end if;
            v_policy := {{ schema }}.auto_post_unsafe_policy(v_table.qualified::regclass);
            if v_policy is not null then
                raise exception 'auto_post_reconcile: policy % of % calls code of the platform',
                v_policy, v_table.qualified
                using
                    errcode = 'insufficient_privilege',
                    detail = pg_catalog.format('It would run with the rights of %s.', current_user),
                    hint = pg_catalog.format('alter role %I bypassrls;', current_user);
            end if;
            v_views := v_views || v_table.view_name::regclass;
            v_tables := v_tables || v_table.qualified::regclass;
        exception
            when others then
                -- Raised where it concerns all, by its kind or because no table is left.
                if
                    pg_catalog.left(sqlstate, 2) not in ('42', '55')
                    or pg_catalog.cardinality(v_failed) + 1 = v_number
                then
                    raise;
                end if;
                v_failed := v_failed || v_table.qualified;
                v_sqlstates := v_sqlstates || sqlstate;
        end;
    end loop;

    -- The tables, their partitions and their children.
    with recursive tables as (
        select t.oid::pg_catalog.oid as oid
        from pg_catalog.unnest(v_tables) as t (oid)
        union
        select i.inhrelid
        from pg_catalog.pg_inherits as i
        inner join tables as t on i.inhparent = t.oid
    )

    select
        coalesce(pg_catalog.max(pg_catalog.pg_relation_size(t.oid)), 0)
        / pg_catalog.current_setting('block_size')::bigint,
        greatest(pg_catalog.count(*), 1)
    into v_size, v_files
    from tables as t
    inner join pg_catalog.pg_class as c on t.oid = c.oid and c.relkind = 'r';
    select case when r.next_block < v_size then r.next_block else 0 end
    into v_from
    from {{ schema }}.auto_post_reconciliation as r;
    v_to := least(v_from + greatest(p_blocks / v_files, 1), 4294967295);

    for v_place in 1..pg_catalog.cardinality(v_views) loop
        -- A window that held more than the limit is read again.
        if v_found >= p_limit then
            v_to := v_from;
            exit;
        end if;
        v_lows := array[v_from];
        v_highs := array[v_to];
        v_reached := v_from;
        v_unreadable := 0;
        while v_lows <> '{}' loop
            v_low := v_lows[1];
            v_high := v_highs[1];
            v_lows := v_lows[2:];
            v_highs := v_highs[2:];
            begin
                v_found := v_found + {{ schema }}.auto_post_reconcile_rows(
                    v_views[v_place], pg_catalog.format('(%s,0)', v_low)::tid,
                    pg_catalog.format('(%s,65535)', v_high - 1)::tid, null, p_limit - v_found
                );
                exit when v_found >= p_limit;
                v_reached := v_high;
            exception
                when others then
                    -- What is wrong with our tables, with the server or with a right is not caused by a row.
                    if
                        pg_catalog.left(sqlstate, 2) in ('25', '40', '53', '57', '58')
                        or (
                            pg_catalog.left(sqlstate, 2) in ('42', '55')
                            and pg_catalog.cardinality(v_failed) + 1 = v_number
                        )
                    then
                        raise;
                    elsif pg_catalog.left(sqlstate, 2) in ('42', '55') then
                        v_failed := v_failed || v_tables[v_place]::text;
                        v_sqlstates := v_sqlstates || sqlstate;
                        v_reached := v_to;
                        exit;
                    elsif v_high - v_low > 1 then
                        v_lows := array[v_low, (v_low + v_high) / 2] || v_lows;
                        v_highs := array[(v_low + v_high) / 2, v_high] || v_highs;
                    else
                        select v_found + b.captured, v_unreadable + b.unreadable into v_found, v_unreadable
                        from {{ schema }}.auto_post_reconcile_block(v_views[v_place], v_low) as b;
                        v_reached := v_high;
                        exit when v_unreadable >= 100 or v_found >= p_limit;
                    end if;
            end;
        end loop;
        -- The others are read as far as this one.
        v_to := v_reached;
    end loop;

    insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail)
    select 'unreadable_table', pg_catalog.left(f.qualified, 200), f.state
    from unnest(v_failed, v_sqlstates) as f (qualified, state)
    on conflict (reason, tracker_id) do update
    set detail = excluded.detail, last_seen_at = pg_catalog.clock_timestamp();

    -- At the end of a round, what was noted before it and not met in it is gone.
    if v_to >= v_size then
        delete from {{ schema }}.auto_post_not_captured as n
        using {{ schema }}.auto_post_reconciliation as r
        where n.last_seen_at < r.last_round_at;
    end if;
    update {{ schema }}.auto_post_reconciliation as r
    set
        next_block = v_to,
        last_run_at = pg_catalog.clock_timestamp(),
        last_round_at = case when v_to >= v_size then pg_catalog.clock_timestamp() else r.last_round_at end,
        found = r.found + v_found,
        found_in_hour = v_found + case when r.hour_began_at > pg_catalog.now() - interval '1 hour' then r.found_in_hour else 0 end,
        hour_began_at = case
            when r.hour_began_at > pg_catalog.now() - interval '1 hour' then r.hour_began_at
            else pg_catalog.clock_timestamp()
        end;

    if v_found > 0 and pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
    return v_found;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile(integer, integer) from public;

comment on function {{ schema }}.auto_post_reconcile(integer, integer) is
'Captures operations that the trigger missed, from the next window of operation_trackers; returns how many.';
