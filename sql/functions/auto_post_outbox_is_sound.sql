-- Whether a row of the outbox has what belongs to its state: see the trigger auto_post_outbox_state. NULL: not.
-- In plpgsql, because PostgreSQL would take a function in SQL into the trigger's condition, and read it again for each
-- statement; and without a SET clause, which costs as much as the rest: each name is qualified.
create or replace function {{ schema }}.auto_post_outbox_is_sound(
    p_state text, p_worker text, p_reason text, p_last_error text, p_post_id text, p_finished_at timestamptz
)
returns boolean
language plpgsql
immutable
as $$
begin
    return case
        when p_state operator(pg_catalog.=) 'claimed'
            then p_worker is not null and p_post_id is null and p_finished_at is null
        when p_worker is not null then false
        when p_state operator(pg_catalog.=) 'pending' then p_post_id is null and p_finished_at is null
        when p_finished_at is null then false
        when p_state operator(pg_catalog.=) 'posted' then p_post_id is not null
        when p_post_id is not null then false
        when p_state operator(pg_catalog.=) 'skipped' then p_reason is not null
        when p_state operator(pg_catalog.=) 'dead' then p_last_error is not null
        else false
    end;
end
$$;

revoke execute on function
{{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz)
from public;

comment on function {{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz) is
'Whether the columns of a row of auto_post_outbox fit its state.';
