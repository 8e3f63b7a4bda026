-- Skyvern (skyvern/forge/sdk/db/models.py at 00541171): the tables around runs, with the columns that matter.
-- Nothing but names and types.
create type proxylocation as enum ('US_CA','RESIDENTIAL','NONE');
create table organizations (
    organization_id varchar primary key, organization_name varchar not null, webhook_callback_url text, created_at
    timestamp not null, modified_at timestamp not null
);
create table workflows (
    workflow_id varchar primary key, organization_id varchar references organizations, title varchar not null,
    description varchar, workflow_definition json not null, proxy_location proxylocation, status varchar not null
    default 'published', created_at timestamp not null, modified_at timestamp not null, deleted_at timestamp,
    workflow_permanent_id varchar not null, version int not null, is_saved_task boolean not null,
    unique(organization_id,workflow_permanent_id,version)
);
create table workflow_runs (
    workflow_run_id varchar primary key, workflow_id varchar not null references workflows, workflow_permanent_id
    varchar not null, organization_id varchar not null references organizations, status varchar not null,
    failure_reason varchar, proxy_location proxylocation, webhook_callback_url varchar, totp_identifier varchar,
    created_at timestamp not null, modified_at timestamp not null
);
create table tasks (
    task_id varchar primary key, organization_id varchar references organizations, status varchar, title varchar,
    task_type varchar, url varchar, navigation_goal varchar, data_extraction_goal varchar, extracted_information
    json, failure_reason varchar, workflow_run_id varchar references workflow_runs, "order" int, retry int, errors
    json not null, created_at timestamp not null, modified_at timestamp not null
);
create table steps (
    step_id varchar primary key, organization_id varchar references organizations, task_id varchar references tasks,
    status varchar, output json, "order" int, is_last boolean, retry_index int, created_at timestamp not null,
    modified_at timestamp not null, input_token_count int, step_cost numeric
);
create table workflow_run_output_parameters (
    workflow_run_id varchar references workflow_runs, output_parameter_id varchar, value json not null, created_at
    timestamp not null, primary key(workflow_run_id,output_parameter_id)
);
create table workflow_run_blocks (
    workflow_run_block_id varchar primary key, workflow_run_id varchar not null references workflow_runs,
    parent_workflow_run_block_id varchar, organization_id varchar, task_id varchar, label varchar, block_type
    varchar not null, status varchar not null, output json, continue_on_failure boolean not null default false,
    failure_reason varchar, created_at timestamp not null, modified_at timestamp not null
);
