-- Makes the reconciler continue at the first block; waits for a window that is being read.
update {{ schema }}.auto_post_reconciliation as r
set next_block = 0
