-- Makes skipped rows that ended from p_from to before p_to pending again, the oldest first; returns how many.
-- p_reason: only those skipped for it; NULL: for any. Posted rows stay posted. Without p_confirm it changes nothing and
-- fails with the number.
create or replace function {{ schema }}.auto_post_requeue(
    p_from timestamptz,
    p_to timestamptz,
    p_reason text default null,
    p_limit integer default 1000,
    p_confirm boolean default false
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
    if not coalesce(p_confirm, false) then
        select pg_catalog.count(*) into v_rows
        from {{ schema }}.auto_post_outbox as o
        where
            o.finished_at >= p_from and o.finished_at < p_to and o.state = 'skipped'
            and (p_reason is null or o.reason = p_reason);
        raise exception 'nothing was changed: % skipped rows would be pending again', least(v_rows, p_limit)
        using errcode = 'object_not_in_prerequisite_state', hint = 'Repeat it with p_confirm => true.';
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
    perform {{ schema }}.auto_post_log_operator_action(
        'requeue', pg_catalog.jsonb_build_object('rows', v_rows, 'from', p_from, 'to', p_to, 'reason', p_reason)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer, boolean) from public;

comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer, boolean) is
'Makes skipped rows that ended in a range of time pending again, of one reason or, with NULL, of any; returns how '
'many. Without p_confirm it changes nothing and fails with the number.';
