-- What belongs to each state of an outbox row, and that there is no other state. A trigger and no CHECK, because agents
-- only insert rows, in the first state, and would pay for a CHECK (ADR 14).
create trigger auto_post_outbox_state
before update of state, worker, reason, last_error, post_id, finished_at on {{ schema }}.auto_post_outbox
for each row
when (
    case new.state
        when 'pending' then new.worker is null and new.post_id is null and new.finished_at is null
        when 'claimed' then new.worker is not null and new.post_id is null and new.finished_at is null
        when 'posted' then new.worker is null and new.post_id is not null and new.finished_at is not null
        when 'skipped' then
            new.worker is null and new.post_id is null and new.finished_at is not null and new.reason is not null
        when 'dead' then
            new.worker is null and new.post_id is null and new.finished_at is not null and new.last_error is not null
        else false
    end is not true
)
execute function {{ schema }}.auto_post_refuse_outbox_row();

comment on trigger auto_post_outbox_state on {{ schema }}.auto_post_outbox is
'Refuses a row that has not what belongs to its state, or an unknown state.';
