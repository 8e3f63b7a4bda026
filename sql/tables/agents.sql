-- The platform's agents: who may post (maturity) and under which name.
-- Made only where the platform has no such table; otherwise its own serves, checked column by column.
create table {{ platform }}.agents (
    id text not null,
    tenant_id text,
    name text,
    maturity text,
    category text,
    constraint agents_pkey primary key (id)
);

comment on table {{ platform }}.agents is 'The agents of the platform. Created by autopost.';
comment on column {{ platform }}.agents.maturity is
'STUDENT, INTERN, SUPERVISED or AUTONOMOUS, in any letter case. STUDENT, NULL or anything else may not post.';
