-- The agents that have this id or this name ($1); more than one may have the name.
select a.id, a.name
from {{ platform }}.agents as a
where a.id = $1 or lower(a.name collate "C") = lower($1 collate "C")  -- noqa: RF03
order by a.id
