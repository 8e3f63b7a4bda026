-- Begins consumers of the log ($1, their names) after its last position; one that has begun before stays where it is.
insert into {{ schema }}.auto_post_consumers (name, position)
select n.name, l.position
from unnest($1::text[]) as n (name)
cross join {{ schema }}.auto_post_consumers as l
where l.name = 'log'
order by n.name
on conflict (name) do nothing
