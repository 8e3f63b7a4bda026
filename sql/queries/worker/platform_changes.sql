-- Returns what has changed on the platform's tables and keeps autopost from its work: table, column (NULL: the whole
-- table) and problem, at most 20. What the tables lack is asked only where nothing else is found.
with changes as materialized (
    select c.table_name, c.column_name, c.problem
    from {{ schema }}.auto_post_platform_changes() as c
)

select c.table_name, c.column_name, c.problem
from changes as c
union all
select h.table_name, substring(h.problem, '^column (\w+) '), h.problem
from {{ schema }}.auto_post_host_problems() as h
where not exists (select from changes)
limit 20
