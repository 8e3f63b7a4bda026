-- Adds agents for a simulation: $1 ids, $2 names, $3 tenant. Those that are there already stay as they are.
insert into {{ platform }}.agents (id, tenant_id, name, maturity, category)
select g.id, $3, g.name, 'AUTONOMOUS', 'simulation'
from unnest($1::text[], $2::text[]) as g (id, name)
on conflict (id) do nothing
