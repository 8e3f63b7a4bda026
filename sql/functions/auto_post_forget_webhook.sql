-- Forgets a hook that no worker has any more: its place in the log, and its dead letters; returns how many of those.
create or replace function {{ schema }}.auto_post_forget_webhook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
    v_places bigint;
begin
    delete from {{ schema }}.auto_post_consumers as p
    where p.name = 'webhook:' || p_hook;
    get diagnostics v_places = row_count;
    delete from {{ schema }}.auto_post_webhook_dead_letters as d
    where d.hook = p_hook;
    get diagnostics v_rows = row_count;
    delete from {{ schema }}.auto_post_webhook_summaries as s
    where s.hook = p_hook;
    if v_places + v_rows = 0 then
        raise exception 'there is no hook %', p_hook using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'forget_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_forget_webhook(text) from public;

comment on function {{ schema }}.auto_post_forget_webhook(text) is
'Deletes a webhook that no worker has any more, with its dead letters; returns how many dead letters.';
