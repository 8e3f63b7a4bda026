-- Whether the caller may read on for a reader of the log ($1), until its transaction ends: one does so at a time. A
-- connection that then goes quiet for $2 (text, an interval) is ended by the server, so that others have a turn.
select case
    when pg_try_advisory_xact_lock({{ lock.reader }}, hashtext('{{ schema }} ' || $1))
        then set_config('idle_in_transaction_session_timeout', $2, true) is not null
    else false
end as is_ours
