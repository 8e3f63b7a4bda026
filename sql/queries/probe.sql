-- How workers are to be woken (doorbell, notify or poll), or no row when this session no longer listens.
select c.wakeup
from {{ schema }}.auto_post_control as c
where 'auto_post_doorbell' in (select pg_listening_channels())
