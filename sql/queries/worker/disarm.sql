-- Disarms the doorbell: from now on no transaction notifies. $1: whether to notify the other workers, so that one of
-- them arms it: this one was not woken by a notification, which they would have received too.
select
    pg_advisory_unlock({{ lock.doorbell }}, hashtext('{{ schema }}')) as was_armed,
    -- A NOTIFY fails when the queue is full.
    case
        when $1::boolean and pg_notification_queue_usage() < 0.8 then pg_notify('auto_post_doorbell', '')
    end as notified
