-- Ends sessions of this role's workers that have waited for $1 for their worker in the middle of a statement, with the
-- locks of its transaction: the worker is frozen, or its machine is cut off. The server counts such a session as
-- active, so idle_in_transaction_session_timeout does not apply, and it cancels no statement while it waits for a
-- message. Returns the process id of each session that was ended, at most 100.
select a.pid
from (
    select s.pid
    from pg_stat_activity as s
    where
        s.datname = current_database()
        and s.usename = current_user
        and s.application_name = 'autopost worker'
        and s.state = 'active'
        and s.wait_event_type = 'Client'
        and s.query_start < clock_timestamp() - $1::interval
    order by s.pid
    limit 100
) as a
where pg_terminate_backend(a.pid)
order by a.pid
