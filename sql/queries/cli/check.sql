-- What the database says of itself. $1: how long finished rows are to stay.
select c.level, c.subject, c.finding, c.advice from {{ schema }}.auto_post_check($1) as c
