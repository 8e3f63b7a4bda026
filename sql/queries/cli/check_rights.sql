-- What the groups of workers and readers lack in this schema; for the owner.
select c.subject, c.finding
from {{ schema }}.auto_post_check_rights() as c
where c.finding like '%lacks %'
