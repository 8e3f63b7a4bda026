-- Disarms the doorbell: from here on nobody rings.
select pg_advisory_unlock(1635087471, hashtext('{{ schema }}')) as was_armed
