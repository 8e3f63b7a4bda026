-- Disarms the doorbell: from now on no transaction notifies.
select pg_advisory_unlock(1635087471, hashtext('{{ schema }}')) as was_armed
