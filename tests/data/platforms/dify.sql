-- Dify (github langgenius/dify, the 1.x line with human input): schema public of its database.
-- Facts for tests: names, types, keys and defaults of the tables that matter, written down from api/models/workflow.py, model.py,
-- account.py and human_input.py (at 05ae8b36). Plain indexes, and keys to tables that are not here, are left out. Dify is under a
-- modified Apache License 2.0; this file holds no code of it. Its default of ids, uuid_generate_v4() of the extension uuid-ossp, is
-- gen_random_uuid() here.

create table public.tenants (
    id uuid default gen_random_uuid() not null,
    name character varying(255) not null,
    encrypt_public_key text,
    plan character varying(255) default 'basic'::character varying not null,
    status character varying(255) default 'normal'::character varying not null,
    custom_config text,
    created_at timestamp without time zone default current_timestamp not null,
    updated_at timestamp without time zone default current_timestamp not null
);

create table public.apps (
    id uuid default gen_random_uuid() not null,
    tenant_id uuid not null,
    name character varying(255) not null,
    description text default ''::character varying not null,
    mode character varying(255) not null,
    icon_type character varying(255),
    icon character varying(255),
    icon_background character varying(255),
    app_model_config_id uuid,
    workflow_id uuid,
    status character varying(255) default 'normal'::character varying not null,
    enable_site boolean not null,
    enable_api boolean not null,
    api_rpm integer default 0 not null,
    api_rph integer default 0 not null,
    is_demo boolean default false not null,
    is_public boolean default false not null,
    is_universal boolean default false not null,
    tracing text,
    max_active_requests integer,
    created_by uuid,
    created_at timestamp without time zone default current_timestamp not null,
    updated_by uuid,
    updated_at timestamp without time zone default current_timestamp not null,
    use_icon_as_answer_icon boolean default false not null
);

create table public.workflow_runs (
    id uuid not null,
    tenant_id uuid not null,
    app_id uuid not null,
    workflow_id uuid not null,
    type character varying(255) not null,
    triggered_from character varying(255) not null,
    version character varying(255) not null,
    graph text,
    inputs text,
    status character varying(255) not null,
    outputs text,
    error text,
    elapsed_time double precision default 0 not null,
    total_tokens bigint default 0 not null,
    total_steps integer default 0,
    created_by_role character varying(255) not null,
    created_by uuid not null,
    created_at timestamp without time zone default current_timestamp not null,
    finished_at timestamp without time zone,
    exceptions_count integer default 0
);

create table public.workflow_app_logs (
    id uuid default gen_random_uuid() not null,
    tenant_id uuid not null,
    app_id uuid not null,
    workflow_id uuid not null,
    workflow_run_id uuid not null,
    created_from character varying(255) not null,
    created_by_role character varying(255) not null,
    created_by uuid not null,
    created_at timestamp without time zone default current_timestamp not null
);

create table public.workflow_pauses (
    id uuid not null,
    workflow_id uuid not null,
    workflow_run_id uuid not null,
    resumed_at timestamp without time zone,
    state_object_key character varying(255) not null,
    created_at timestamp without time zone default current_timestamp not null,
    updated_at timestamp without time zone default current_timestamp not null
);

create table public.workflow_pause_reasons (
    id uuid not null,
    pause_id uuid not null,
    type_ character varying(255) not null,
    form_id character varying(36) not null,
    message character varying(255) not null,
    node_id character varying(255) not null,
    created_at timestamp without time zone default current_timestamp not null,
    updated_at timestamp without time zone default current_timestamp not null
);

create table public.human_input_forms (
    id uuid not null,
    tenant_id uuid not null,
    app_id uuid not null,
    workflow_run_id uuid,
    conversation_id uuid,
    form_kind character varying(255) not null,
    node_id character varying(60) not null,
    form_definition text not null,
    rendered_content text not null,
    status character varying(255) not null,
    expiration_time timestamp without time zone not null,
    selected_action_id character varying(200),
    submitted_data text,
    submitted_at timestamp without time zone,
    submission_user_id uuid,
    submission_end_user_id uuid,
    completed_by_recipient_id uuid,
    created_at timestamp without time zone default current_timestamp not null,
    updated_at timestamp without time zone default current_timestamp not null
);

create table public.messages (
    id uuid default gen_random_uuid() not null,
    app_id uuid not null,
    model_provider character varying(255),
    model_id character varying(255),
    override_model_configs text,
    conversation_id uuid not null,
    inputs json not null,
    query text not null,
    message json not null,
    message_tokens integer default 0 not null,
    message_unit_price numeric(10, 4) not null,
    message_price_unit numeric(10, 7) default 0.001 not null,
    answer text not null,
    answer_tokens integer default 0 not null,
    answer_unit_price numeric(10, 4) not null,
    answer_price_unit numeric(10, 7) default 0.001 not null,
    parent_message_id uuid,
    provider_response_latency double precision default 0 not null,
    total_price numeric(10, 7),
    currency character varying(255) not null,
    status character varying(255) default 'normal'::character varying not null,
    error text,
    message_metadata text,
    invoke_from character varying(255),
    from_source character varying(255) not null,
    from_end_user_id uuid,
    from_account_id uuid,
    created_at timestamp without time zone default current_timestamp not null,
    updated_at timestamp without time zone default current_timestamp not null,
    agent_based boolean default false not null,
    workflow_run_id uuid
);

alter table public.tenants add constraint tenant_pkey primary key (id);
alter table public.apps add constraint app_pkey primary key (id);
alter table public.workflow_runs add constraint workflow_run_pkey primary key (id);
alter table public.workflow_app_logs add constraint workflow_app_log_pkey primary key (id);
alter table public.workflow_pauses add constraint workflow_pauses_pkey primary key (id);
alter table public.workflow_pauses add constraint workflow_pauses_workflow_run_id_key unique (workflow_run_id);
alter table public.workflow_pause_reasons add constraint workflow_pause_reasons_pkey primary key (id);
alter table public.human_input_forms add constraint human_input_forms_pkey primary key (id);
alter table public.messages add constraint message_pkey primary key (id);
