-- What sessions of the dashboard depend on: a name of this installation, which is the same for every process and says
-- nothing else, and the digests of the sessions that were signed out.
select
    left(
        encode(sha256(convert_to('autopost web ' || current_database() || ' ' || c.lock_salt, 'UTF8')), 'hex'), 16
    ) as installation,
    array(
        select e.digest
        from {{ schema }}.auto_post_ended_sessions as e
        where e.ends_at > now()
        order by e.digest
    ) as ended
from {{ schema }}.auto_post_control as c
