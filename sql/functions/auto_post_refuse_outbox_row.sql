-- Refuses a change of an outbox row to a state without what belongs to it: see the trigger auto_post_outbox_state.
create or replace function {{ schema }}.auto_post_refuse_outbox_row()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'outbox row % cannot be % with what it has', new.id, new.state
    using
        errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, constraint = tg_name,
        detail = pg_catalog.format(
            'worker %L, reason %L, last_error %L, post_id %L, finished_at %L',
            new.worker, new.reason, new.last_error, new.post_id, new.finished_at
        );
end
$$;

revoke execute on function {{ schema }}.auto_post_refuse_outbox_row() from public;

comment on function {{ schema }}.auto_post_refuse_outbox_row() is
'Trigger of auto_post_outbox: refuses a row whose columns do not fit its state.';
