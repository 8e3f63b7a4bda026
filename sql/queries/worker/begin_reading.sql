-- Lets a reader ($1) begin: after the last place of the log, if it is new; where it was, if it is not.
insert into {{ schema }}.auto_post_positions (name, position)
select $1, p.position from {{ schema }}.auto_post_positions as p
where p.name = 'log'
on conflict (name) do nothing
