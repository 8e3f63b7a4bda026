-- Disarms the doorbell: from here on nobody rings.
select pg_advisory_unlock({{ lock.doorbell }}, hashtext('{{ schema }}')) as was_armed
