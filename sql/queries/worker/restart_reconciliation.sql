-- Makes the reconciler continue at the first block; waits for a window that is being read.
with idle as materialized (
    select pg_advisory_xact_lock({{ lock.reconciler }}, hashtext('{{ schema }}'))
)

update {{ schema }}.auto_post_reconciliation as r
set next_block = 0
from idle
