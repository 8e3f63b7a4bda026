-- A platform of tests: day partitions, numbers for states, milliseconds, and the text in a table of attributes.
create table job_states (
    code smallint primary key,
    label varchar(30) not null
);
insert into job_states
values (0, 'Queued'), (1, 'Running'), (2, 'Done'), (3, 'Crashed'), (4, 'Cancelled'), (5, 'Waiting for approval');
create table robots (
    robot_id integer primary key,
    name text not null
);
create table jobs (
    id bigint not null,
    robot_id integer not null,
    state_code smallint not null references job_states,
    begun_at bigint,
    finished_at bigint,
    day date not null,
    primary key (id, day)
) partition by range (day);
create table job_attributes (
    job_id bigint not null,
    key text not null,
    value text,
    primary key (job_id, key)
);
do $$
begin
    for v_day in 0..149 loop
        execute format(
            'create table jobs_%s partition of jobs for values from (%L) to (%L)',
            v_day, date '2026-01-01' + v_day, date '2026-01-02' + v_day
        );
    end loop;
end
$$;
insert into robots values (7, 'Robbie'), (8, 'Marvin');
insert into jobs
select
    n, 7 + n % 2, (array[2, 3, 1, 5, 0])[1 + n % 5], 1767225600000 + n * 60000,
    case when n % 5 < 2 then 1767225607500 + n * 60000 end, date '2026-01-01' + n / 10
from generate_series(0, 299) as n;
insert into job_attributes
select n, k, case k when 'summary' then 'Moved ' || n || ' boxes to the dock' else '3' end
from generate_series(0, 299) as n cross join unnest(array['cpu', 'summary']) as k;
