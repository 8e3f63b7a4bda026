-- Returns how workers are woken (doorbell, notify or poll); NULL when this connection does not listen: a pooler.
select
    case
        when 'auto_post_doorbell' in (select pg_listening_channels())
            then coalesce((select c.wakeup from {{ schema }}.auto_post_control as c), 'doorbell')
    end as wakeup
