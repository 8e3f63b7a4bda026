-- Retries dead rows, the longest dead first; returns how many. p_error: only of this error; NULL: of any.
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
    perform {{ schema }}.auto_post_log_operator_action(
        'retry_all', pg_catalog.jsonb_build_object('rows', v_rows, 'error', p_error)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_all(text, integer) from public;

comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Retries up to p_limit dead rows, of one error or, with NULL, of any; returns how many.';
