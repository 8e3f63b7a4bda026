-- The names of at most $1 agents, which redaction leaves alone.
select left(format('%s', a.name), 200) as name
from {{ platform }}.agents as a
where a.name is not null
limit $1
