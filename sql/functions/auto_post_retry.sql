-- Retries the dead rows of one operation, with all their attempts again; returns how many.
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
    perform {{ schema }}.auto_post_log_operator_action('retry', pg_catalog.jsonb_build_object('rows', v_rows), p_tracker_id);
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry(text) from public;

comment on function {{ schema }}.auto_post_retry(text) is
'Retries the dead rows of one operation; returns how many. Fails for an operation without dead rows.';
