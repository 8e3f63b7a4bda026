-- Captures up to $2 operations that the trigger missed, from the next $1 blocks; returns how many.
select {{ schema }}.auto_post_reconcile($1, $2) as found
