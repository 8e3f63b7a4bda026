-- Whether an outbox row has what belongs to its state, and nothing else; false for a state that there is not.
-- One function for the table's one CHECK: PostgreSQL parses the text of every CHECK again for each INSERT, and six of
-- them were a third of what capturing cost an agent. PUBLIC may execute it, because any role that changes a row does.
create or replace function {{ schema }}.auto_post_outbox_is_sound(
    p_state text, p_worker text, p_reason text, p_last_error text, p_post_id text, p_finished_at timestamptz
)
returns boolean
language plpgsql
immutable
parallel safe
as $$
begin
    return case p_state
        when 'pending' then p_worker is null and p_post_id is null and p_finished_at is null
        when 'claimed' then p_worker is not null and p_post_id is null and p_finished_at is null
        when 'posted' then p_worker is null and p_post_id is not null and p_finished_at is not null
        when 'skipped' then
            p_worker is null and p_post_id is null and p_finished_at is not null and p_reason is not null
        when 'dead' then
            p_worker is null and p_post_id is null and p_finished_at is not null and p_last_error is not null
        else false
    end;
end
$$;

comment on function {{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz) is
'The CHECK of auto_post_outbox: whether a row has what belongs to its state, and nothing else.';
