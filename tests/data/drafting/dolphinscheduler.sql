-- Apache DolphinScheduler 3 (dolphinscheduler_postgresql.sql): the tables around instances of workflows. States
-- are numbers.
create table t_ds_project (
    id serial primary key, name varchar(255), code bigint not null, description varchar(255), user_id int, flag int
    default 1, create_time timestamp, update_time timestamp
);
create table t_ds_workflow_definition (
    id serial primary key, code bigint not null unique, name varchar(255), version int not null default 1,
    description text, project_code bigint, release_state int, user_id int, global_params text, locations text,
    warning_group_id int, flag int, timeout int default 0, execution_type int default 0, create_time timestamp,
    update_time timestamp
);
create table t_ds_workflow_instance (
    id serial primary key, name varchar(255), workflow_definition_code bigint, workflow_definition_version int not
    null default 1, project_code bigint, state int, state_history text, recovery int, start_time timestamp, end_time
    timestamp, run_times int, host varchar(135), command_type int, command_param text, task_depend_type int,
    max_try_times int default 0, failure_strategy int default 0, warning_type int default 0, schedule_time
    timestamp, command_start_time timestamp, global_params text, workflow_instance_json text, flag int default 1,
    update_time timestamp, is_sub_workflow int default 0, executor_id int not null, executor_name varchar(64),
    history_cmd text, tenant_code varchar(64), var_pool text, dry_run int default 0, next_workflow_instance_id int
    default 0, test_flag int
);
create table t_ds_task_instance (
    id serial primary key, name varchar(255), task_type varchar(50), task_code bigint not null,
    task_definition_version int default 0, workflow_instance_id int, workflow_instance_name varchar(255), state int,
    submit_time timestamp, start_time timestamp, end_time timestamp, host varchar(135), execute_path varchar(200),
    log_path text, retry_times int, pid int, app_link text, flag int default 1, dry_run int default 0
);
create table t_ds_command (
    id serial primary key, command_type int, workflow_definition_code bigint, command_param text, start_time
    timestamp
);
