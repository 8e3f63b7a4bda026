-- Woodpecker CI 2 (server/model at 00e23690): the tables around pipelines. Times are seconds since 1970, 0 for
-- none.
create table repos (
    id bigserial primary key, user_id bigint, forge_id bigint, name varchar(255), owner varchar(255), full_name
    varchar(500), active boolean, visibility varchar(10), timeout bigint
);
create table pipelines (
    id bigserial primary key, repo_id bigint, number bigint, author varchar(255), parent bigint, event varchar(255),
    status varchar(255), errors json, created bigint not null default 0, updated bigint not null default 0, started
    bigint, finished bigint, deploy varchar(255), commit varchar(255), branch varchar(255), ref varchar(255), title
    varchar(255), message text, timestamp bigint, sender varchar(255), avatar varchar(500), email varchar(255),
    forge_url varchar(255), reviewer varchar(255), reviewed bigint, changed_files text, unique(repo_id, number)
);
create table workflows (
    id bigserial primary key, pipeline_id bigint, pid int, name varchar(255), state varchar(255), error text,
    started bigint, finished bigint, agent_id bigint, unique(pipeline_id,pid)
);
create table steps (
    id bigserial primary key, uuid varchar(255), pipeline_id bigint, pid int, ppid int, name varchar(255), state
    varchar(255), error text, failure varchar(255), exit_code int, started bigint, finished bigint, type
    varchar(255)
);
create table agents (
    id bigserial primary key, created bigint, updated bigint, name varchar(255), owner_id bigint, token
    varchar(255), last_contact bigint, platform varchar(100), backend varchar(100), capacity int, version
    varchar(255), no_schedule boolean
);
create table tasks (
    id varchar(255) primary key, data bytea, labels json, dependencies json, run_on json, dep_status json, agent_id
    bigint
);
create table log_entries (
    id bigserial primary key, step_id bigint, time bigint, line int, data bytea, created bigint, type int
);
