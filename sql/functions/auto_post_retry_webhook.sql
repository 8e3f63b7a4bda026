-- Has the dead letters of a webhook sent again, by the worker that holds its lease next; returns how many.
create or replace function {{ schema }}.auto_post_retry_webhook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
begin
    update {{ schema }}.auto_post_webhook_dead_letters as d
    set retry = true
    where d.hook = p_hook and not d.retry;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        raise exception '%', case
            when exists (select from {{ schema }}.auto_post_webhook_dead_letters as d where d.hook = p_hook)
                then pg_catalog.format('a retry of the dead letters of %s was already requested', p_hook)
            when exists (select from {{ schema }}.auto_post_consumers as p where p.name = 'webhook:' || p_hook)
                then pg_catalog.format('%s has no dead letters', p_hook)
            else pg_catalog.format('there is no hook %s', p_hook)
        end using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'retry_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_webhook(text) from public;

comment on function {{ schema }}.auto_post_retry_webhook(text) is
'Has the dead letters of a webhook sent again; returns how many. Fails for a webhook without dead letters.';
