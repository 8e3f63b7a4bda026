-- Captures up to $2 operations that the trigger missed, in the next $1 blocks; how many it found.
select {{ schema }}.auto_post_reconcile($1, $2) as found
