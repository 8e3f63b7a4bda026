-- The agents that simulations made and whose ids begin with $1.
select a.id
from {{ platform }}.agents as a
where starts_with(a.id, $1)
order by a.id
