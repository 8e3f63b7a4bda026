-- The platform that autopost was conceived for, as it was at 49e4722c (github rush86999/atom): posts in agent_posts.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, read with pg_dump after the project's models were
-- made (backend/core/models.py). Plain indexes, and keys to tables that are not here, are left out. The platform is under the AGPL; this
-- file holds no code of it.

create table public.agent_executions (
    id character varying not null,
    agent_id character varying not null,
    workspace_id character varying,
    status character varying,
    input_summary text,
    output_summary text,
    triggered_by character varying,
    started_at timestamp with time zone default now(),
    completed_at timestamp with time zone,
    duration_seconds double precision,
    result_summary text,
    error_message text
);

create table public.agent_operation_tracker (
    id character varying not null,
    agent_id character varying not null,
    user_id character varying not null,
    workspace_id character varying not null,
    operation_type character varying not null,
    operation_id character varying not null,
    current_step character varying,
    total_steps integer,
    current_step_index integer,
    status character varying,
    progress integer,
    what_explanation text,
    why_explanation text,
    next_steps text,
    operation_metadata json,
    logs json,
    started_at timestamp with time zone default now(),
    completed_at timestamp with time zone
);

create table public.agent_posts (
    id character varying not null,
    sender_type character varying not null,
    sender_id character varying not null,
    sender_name character varying not null,
    sender_maturity character varying,
    sender_category character varying,
    recipient_type character varying,
    recipient_id character varying,
    is_public boolean,
    channel_id character varying,
    channel_name character varying,
    post_type character varying not null,
    content text not null,
    auto_generated boolean,
    mentioned_agent_ids json,
    mentioned_user_ids json,
    mentioned_episode_ids json,
    mentioned_task_ids json,
    reactions json,
    reply_count integer,
    reply_to_id character varying,
    read_at timestamp with time zone,
    created_at timestamp with time zone default now()
);

create table public.agent_proposals (
    id character varying not null,
    agent_id character varying not null,
    agent_name character varying not null,
    proposal_type character varying not null,
    title character varying not null,
    description text not null,
    proposed_action json,
    reasoning text,
    learning_objectives json,
    capability_gaps json,
    training_scenario_template character varying,
    estimated_duration_hours double precision,
    duration_estimation_confidence double precision,
    duration_estimation_reasoning text,
    user_override_duration_hours double precision,
    hours_per_day_limit double precision,
    training_start_date timestamp with time zone,
    training_end_date timestamp with time zone,
    status character varying,
    proposed_by character varying not null,
    approved_by character varying,
    approved_at timestamp with time zone,
    modifications json,
    execution_result json,
    completed_at timestamp with time zone,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone
);

create table public.agent_registry (
    id character varying not null,
    name character varying not null,
    description text,
    category character varying not null,
    module_path character varying not null,
    class_name character varying not null,
    user_id character varying,
    status character varying,
    confidence_score double precision,
    required_role_for_autonomy character varying,
    version character varying,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone,
    configuration json,
    schedule_config json
);

create table public.audit_logs (
    id character varying not null,
    event_type character varying not null,
    security_level character varying not null,
    threat_level character varying not null,
    "timestamp" timestamp with time zone default now(),
    user_id character varying,
    user_email character varying,
    workspace_id character varying,
    ip_address character varying,
    user_agent character varying,
    resource character varying,
    action character varying not null,
    description text not null,
    metadata_json text,
    success boolean not null,
    error_message text
);

create table public.hitl_actions (
    id character varying not null,
    workspace_id character varying not null,
    agent_id character varying,
    action_type character varying not null,
    platform character varying not null,
    params json not null,
    status character varying,
    reason character varying,
    user_id character varying,
    confidence_score double precision,
    user_feedback text,
    created_at timestamp with time zone default now(),
    reviewed_at timestamp with time zone,
    reviewed_by character varying
);

create table public.tenants (
    id character varying not null,
    name character varying not null,
    subdomain character varying not null,
    plan_type character varying,
    status character varying,
    settings json,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone
);

create table public.users (
    id character varying not null,
    email character varying not null,
    password_hash character varying,
    first_name character varying,
    last_name character varying,
    role character varying,
    specialty character varying,
    status character varying,
    email_verified boolean,
    tenant_id character varying,
    skills text,
    onboarding_completed boolean,
    onboarding_step character varying,
    capacity_hours double precision,
    hourly_cost_rate double precision,
    metadata_json json,
    preferences json,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone,
    last_login timestamp with time zone,
    two_factor_enabled boolean,
    two_factor_secret character varying,
    two_factor_backup_codes json
);

create table public.workspaces (
    id character varying not null,
    name character varying not null,
    description text,
    status character varying,
    plan_tier character varying,
    satellite_api_key character varying,
    is_startup boolean,
    learning_phase_completed boolean,
    metadata_json json,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone
);

alter table public.agent_executions add constraint agent_executions_pkey primary key (id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_pkey primary key (id);
alter table public.agent_posts add constraint agent_posts_pkey primary key (id);
alter table public.agent_proposals add constraint agent_proposals_pkey primary key (id);
alter table public.agent_registry add constraint agent_registry_pkey primary key (id);
alter table public.audit_logs add constraint audit_logs_pkey primary key (id);
alter table public.hitl_actions add constraint hitl_actions_pkey primary key (id);
alter table public.tenants add constraint tenants_pkey primary key (id);
alter table public.users add constraint users_pkey primary key (id);
alter table public.workspaces add constraint workspaces_pkey primary key (id);
create unique index ix_agent_operation_tracker_operation_id on public.agent_operation_tracker using btree (operation_id);
create unique index ix_tenants_subdomain on public.tenants using btree (subdomain);
create unique index ix_users_email on public.users using btree (email);
create unique index ix_workspaces_satellite_api_key on public.workspaces using btree (satellite_api_key);
alter table public.agent_executions add constraint agent_executions_agent_id_fkey foreign key (agent_id) references public.agent_registry(id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_agent_id_fkey foreign key (agent_id) references public.agent_registry(id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.agent_posts add constraint agent_posts_reply_to_id_fkey foreign key (reply_to_id) references public.agent_posts(id);
alter table public.agent_proposals add constraint agent_proposals_agent_id_fkey foreign key (agent_id) references public.agent_registry(id);
alter table public.agent_proposals add constraint agent_proposals_approved_by_fkey foreign key (approved_by) references public.users(id);
alter table public.agent_registry add constraint agent_registry_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.audit_logs add constraint audit_logs_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.audit_logs add constraint audit_logs_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.hitl_actions add constraint hitl_actions_reviewed_by_fkey foreign key (reviewed_by) references public.users(id);
alter table public.hitl_actions add constraint hitl_actions_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.hitl_actions add constraint hitl_actions_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.users add constraint users_tenant_id_fkey foreign key (tenant_id) references public.tenants(id);
