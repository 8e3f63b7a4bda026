-- What belongs to each state of an outbox row, and that there is no other state. A trigger and no CHECK, because agents
-- only insert rows, in the first state, and would pay for a CHECK (ADR 14). The condition is short: PostgreSQL reads it
-- again for each statement.
create trigger auto_post_outbox_state
before update of state, worker, reason, last_error, post_id, finished_at on {{ schema }}.auto_post_outbox
for each row
when (
    {{ schema }}.auto_post_outbox_is_sound(
        new.state, new.worker, new.reason, new.last_error, new.post_id, new.finished_at
    ) is not true
)
execute function {{ schema }}.auto_post_refuse_outbox_row();

comment on trigger auto_post_outbox_state on {{ schema }}.auto_post_outbox is
'Refuses a row whose columns do not fit its state, or with an unknown state.';
