-- Returns what is missing in the platform's tables.
select p.table_name, p.problem from {{ schema }}.auto_post_host_problems() as p
