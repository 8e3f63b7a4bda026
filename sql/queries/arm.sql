-- Arms the doorbell: while this connection holds the lock, a capturing transaction rings. Never waits.
select pg_try_advisory_lock(1635087471, hashtext('{{ schema }}')) as armed
