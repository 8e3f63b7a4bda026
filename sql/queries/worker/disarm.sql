-- Disarms the doorbell: from now on no transaction notifies.
select pg_advisory_unlock({{ lock.doorbell }}, hashtext('{{ schema }}')) as was_armed
