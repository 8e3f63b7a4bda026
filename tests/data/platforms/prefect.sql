-- Prefect 3.9.1: schema public of its server's database.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, read with pg_dump after the project's own migrations
-- (`prefect server database upgrade`, src/prefect/server/database/_migrations/versions/postgresql). Plain indexes, and keys to tables
-- that are not here, are left out. Prefect is under the Apache License 2.0; this file holds no code of it.

create type public.deployment_status as enum ('READY', 'NOT_READY');
create type public.state_type as enum ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING');

create table public.deployment (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    name character varying not null,
    tags jsonb default '[]'::jsonb not null,
    parameters jsonb default '{}'::jsonb not null,
    flow_id uuid not null,
    infrastructure_document_id uuid,
    description text,
    parameter_openapi_schema jsonb,
    storage_document_id uuid,
    version character varying,
    infra_overrides jsonb default '{}'::jsonb not null,
    path character varying,
    entrypoint character varying,
    work_queue_name character varying,
    created_by jsonb,
    updated_by jsonb,
    work_queue_id uuid,
    pull_steps jsonb,
    enforce_parameter_schema boolean default false not null,
    last_polled timestamp with time zone,
    paused boolean default false not null,
    status public.deployment_status default 'NOT_READY'::public.deployment_status not null,
    concurrency_limit integer,
    concurrency_options jsonb,
    concurrency_limit_id uuid,
    labels jsonb,
    version_id uuid
);

create table public.flow (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    name character varying not null,
    tags jsonb default '[]'::jsonb not null,
    labels jsonb
);

create table public.flow_run (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    name character varying not null,
    state_type public.state_type,
    run_count integer default 0 not null,
    expected_start_time timestamp with time zone,
    next_scheduled_start_time timestamp with time zone,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    total_run_time interval default '00:00:00'::interval not null,
    flow_version character varying,
    parameters jsonb default '{}'::jsonb not null,
    idempotency_key character varying,
    context jsonb default '{}'::jsonb not null,
    empirical_policy jsonb default '{}'::jsonb not null,
    tags jsonb default '[]'::jsonb not null,
    auto_scheduled boolean default false not null,
    flow_id uuid not null,
    deployment_id uuid,
    parent_task_run_id uuid,
    state_id uuid,
    state_name character varying,
    infrastructure_document_id uuid,
    work_queue_name character varying,
    state_timestamp timestamp with time zone,
    created_by jsonb,
    infrastructure_pid character varying,
    work_queue_id uuid,
    job_variables jsonb default '{}'::jsonb,
    deployment_version character varying,
    labels jsonb
);

create table public.flow_run_input (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    key character varying not null,
    value text not null,
    flow_run_id uuid not null,
    sender character varying
);

create table public.flow_run_state (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    type public.state_type not null,
    "timestamp" timestamp with time zone default current_timestamp not null,
    name character varying not null,
    message character varying,
    state_details jsonb default '{}'::jsonb not null,
    data jsonb,
    flow_run_id uuid not null,
    result_artifact_id uuid
);

create table public.task_run (
    id uuid default gen_random_uuid() not null,
    created timestamp with time zone default current_timestamp not null,
    updated timestamp with time zone default current_timestamp not null,
    name character varying not null,
    state_type public.state_type,
    run_count integer default 0 not null,
    expected_start_time timestamp with time zone,
    next_scheduled_start_time timestamp with time zone,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    total_run_time interval default '00:00:00'::interval not null,
    task_key character varying not null,
    dynamic_key character varying not null,
    cache_key character varying,
    cache_expiration timestamp with time zone,
    task_version character varying,
    empirical_policy jsonb default '{}'::jsonb not null,
    task_inputs jsonb default '{}'::jsonb not null,
    tags jsonb default '[]'::jsonb not null,
    flow_run_id uuid,
    state_id uuid,
    state_name character varying,
    state_timestamp timestamp with time zone,
    flow_run_run_count integer default 0 not null,
    labels jsonb
);

alter table public.deployment add constraint pk_deployment primary key (id);
alter table public.flow add constraint pk_flow primary key (id);
alter table public.flow_run add constraint pk_flow_run primary key (id);
alter table public.flow_run_input add constraint pk_flow_run_input primary key (id);
alter table public.flow_run_state add constraint pk_flow_run_state primary key (id);
alter table public.task_run add constraint pk_task_run primary key (id);
alter table public.flow add constraint uq_flow__name unique (name);
alter table public.flow_run_input add constraint uq_flow_run_input__flow_run_id_key unique (flow_run_id, key);
create unique index uq_deployment__flow_id_name on public.deployment using btree (flow_id, name);
create unique index uq_flow_run__flow_id_idempotency_key on public.flow_run using btree (flow_id, idempotency_key);
create unique index uq_flow_run_state__flow_run_id_timestamp_desc on public.flow_run_state using btree (flow_run_id, "timestamp" desc);
create unique index uq_task_run__flow_run_id_task_key_dynamic_key on public.task_run using btree (flow_run_id, task_key, dynamic_key);
alter table public.deployment add constraint fk_deployment__flow_id__flow foreign key (flow_id) references public.flow(id) on delete cascade;
alter table public.flow_run add constraint fk_flow_run__flow_id__flow foreign key (flow_id) references public.flow(id) on delete cascade;
alter table public.flow_run add constraint fk_flow_run__parent_task_run_id__task_run foreign key (parent_task_run_id) references public.task_run(id) on delete set null;
alter table public.flow_run add constraint fk_flow_run__state_id__flow_run_state foreign key (state_id) references public.flow_run_state(id) on delete set null;
alter table public.flow_run_input add constraint fk_flow_run_input__flow_run_id__flow_run foreign key (flow_run_id) references public.flow_run(id) on delete cascade;
alter table public.flow_run_state add constraint fk_flow_run_state__flow_run_id__flow_run foreign key (flow_run_id) references public.flow_run(id) on delete cascade;
alter table public.task_run add constraint fk_task_run__flow_run_id__flow_run foreign key (flow_run_id) references public.flow_run(id) on delete cascade;
