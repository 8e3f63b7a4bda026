-- SuperAGI (superagi/models at 038498cf): the tables around executions. There are no foreign keys.
create table projects (
    id serial primary key, name varchar, organisation_id int, description varchar, created_at timestamp, updated_at
    timestamp
);
create table agents (
    id serial primary key, name varchar, project_id int, description varchar, agent_workflow_id int, is_deleted
    boolean default false, created_at timestamp, updated_at timestamp
);
create table agent_executions (
    id serial primary key, status varchar, name varchar, agent_id int, last_execution_time timestamp, num_of_calls
    int, num_of_tokens int, current_agent_step_id int, permission_id int, iteration_workflow_step_id int,
    current_feed_group_id varchar, last_shown_error_id int, created_at timestamp, updated_at timestamp
);
create table agent_execution_feeds (
    id serial primary key, agent_execution_id int, agent_id int, feed text, role varchar, extra_info varchar,
    feed_group_id varchar, error_message text, created_at timestamp, updated_at timestamp
);
create table agent_execution_permissions (
    id serial primary key, agent_execution_id int, agent_id int, status varchar, tool_name varchar, user_feedback
    varchar, question varchar, assistant_reply varchar, created_at timestamp, updated_at timestamp
);
create table agent_configurations (
    id serial primary key, agent_id int, key varchar, value text, created_at timestamp, updated_at timestamp
);
create table events (
    id serial primary key, event_name varchar not null, event_value int not null, event_property json, agent_id int,
    org_id int not null, created_at timestamp, updated_at timestamp
);
create table agent_schedule (
    id serial primary key, agent_id int, start_time timestamp, next_scheduled_time timestamp, recurrence_interval
    varchar, expiry_date timestamp, expiry_runs int, current_runs int, status varchar, created_at timestamp,
    updated_at timestamp
);
create table resources (
    id serial primary key, name varchar, storage_type varchar, path varchar, size int, type varchar, channel
    varchar, agent_id int, agent_execution_id int, summary text, created_at timestamp, updated_at timestamp
);
