-- A platform of tests: each status of a run is a row of its own.
create table bots (
    id bigint primary key,
    title text not null,
    is_enabled boolean not null default true
);
create table bot_runs (
    id bigint primary key,
    bot_id bigint not null references bots,
    goal text,
    created_at timestamptz not null default now()
);
create table bot_run_statuses (
    id bigint generated always as identity primary key,
    bot_run_id bigint not null references bot_runs,
    status text not null,
    message text,
    created_at timestamptz not null default now()
);
insert into bots values (1, 'Travel bot'), (2, 'Mail bot');
insert into bot_runs select n, n % 2 + 1, 'Find a cheap flight to city ' || n from generate_series(1, 40) as n;
insert into bot_run_statuses (bot_run_id, status, message)
select n, s.status, case when s.status = 'errored' then 'The site was down for maintenance' end
from generate_series(1, 39) as n
cross join lateral unnest(array['started', case when n % 3 = 0 then 'errored' else 'succeeded' end]) as s (status);
