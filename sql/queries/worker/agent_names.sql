-- The names of at most $1 agents, by id, which redaction leaves alone.
select left(format('%s', a.name), 200) as name
from {{ platform }}.agents as a
where a.name is not null
order by a.id
limit $1
