-- Returns the revision of the oldest workers that this schema supports.
select c.oldest_worker from {{ schema }}.auto_post_compatibility as c
