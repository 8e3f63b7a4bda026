-- What the platform's tables lack.
select p.table_name, p.problem from {{ schema }}.auto_post_host_problems() as p
