-- Ends that.
select {{ schema }}.auto_post_resume()
