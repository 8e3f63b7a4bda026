-- Stops claiming altogether.
select {{ schema }}.auto_post_pause()
