-- The functions of this schema and their bodies.
select p.proname, p.prosrc
from pg_proc as p
where p.pronamespace = to_regnamespace('{{ schema }}')
