-- What belongs to each state of an outbox row, and that there is no other state. A trigger and no CHECK, because agents
-- only insert rows, in the first state, and would pay for a CHECK (ADR 14).
create trigger auto_post_outbox_state
before update of state, worker, reason, last_error, post_id, finished_at on {{ schema }}.auto_post_outbox
for each row
when (
    case new.state
        when 'pending' then num_nonnulls(new.worker, new.post_id, new.finished_at) = 0
        when 'claimed' then new.worker is not null and num_nonnulls(new.post_id, new.finished_at) = 0
        when 'posted' then new.worker is null and num_nulls(new.post_id, new.finished_at) = 0
        when 'skipped'
            then num_nonnulls(new.worker, new.post_id) = 0 and num_nulls(new.finished_at, new.reason) = 0
        when 'dead'
            then num_nonnulls(new.worker, new.post_id) = 0 and num_nulls(new.finished_at, new.last_error) = 0
        else false
    end is not true
)
execute function {{ schema }}.auto_post_refuse_outbox_row();

comment on trigger auto_post_outbox_state on {{ schema }}.auto_post_outbox is
'Refuses a row that has not what belongs to its state, or an unknown state.';
