-- A platform of tests: an assistant or a workflow works, times are seconds with a fraction, the result is a JSON string.
create table assistants (
    id serial primary key,
    name text not null
);
create table workflows (
    id serial primary key,
    name text not null,
    enabled boolean not null default true
);
create table executions (
    id serial primary key,
    assistant_id int references assistants,
    workflow_id int references workflows,
    state text not null,
    started double precision,
    ended double precision,
    output jsonb,
    failure_reason text
);
insert into assistants (name) values ('Anna'), ('Abe');
insert into workflows (name) values ('Weekly report');
insert into executions (assistant_id, workflow_id, state, started, ended, output, failure_reason)
select
    case when n % 3 > 0 then n % 3 end, case when n % 3 = 0 then 1 end, (array['Finished', 'Error', 'Running', 'Paused'])[1 + n % 4],
    1767225600.5 + n, 1767225603.75 + n, case when n % 4 = 0 then to_jsonb('Sent mail ' || n || ' to the list') end,
    case when n % 4 = 1 then 'The mail server refused it' end
from generate_series(0, 119) as n;
