-- The platform that autopost was conceived for: github rush86999/atom at 8aa2f26a.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, read with pg_dump after the project's models were
-- made (backend/core/models.py). Plain indexes, and keys to tables that are not here, are left out. The platform is under the AGPL; this
-- file holds no code of it.

create type public.approvertype as enum ('autonomous_agent', 'user');
create type public.authortype as enum ('agent', 'human');
create type public.posttype as enum ('status', 'insight', 'question', 'alert', 'task');
create type public.proposalstatus as enum ('pending_approval', 'approved', 'rejected', 'cancelled', 'executed', 'execution_failed');
create type public.proposaltype as enum ('action', 'workflow', 'analysis');

create table public.agent_executions (
    id character varying not null,
    agent_id character varying,
    tenant_id character varying,
    chain_id character varying,
    thread_id character varying,
    workspace_id character varying,
    status character varying,
    input_summary text,
    triggered_by character varying,
    started_at timestamp with time zone default now(),
    completed_at timestamp with time zone,
    duration_seconds double precision,
    result_summary text,
    output_summary text,
    error_message text,
    metadata_json jsonb,
    human_intervention_count integer
);

create table public.agent_operation_tracker (
    id character varying not null,
    tenant_id character varying not null,
    agent_id character varying not null,
    user_id character varying not null,
    workspace_id character varying,
    operation_type character varying(100) not null,
    operation_id character varying(255) not null,
    current_step character varying(255) not null,
    total_steps integer,
    current_step_index integer,
    status character varying(50),
    progress integer,
    what_explanation text,
    why_explanation text,
    next_steps text,
    operation_metadata jsonb,
    logs jsonb,
    started_at timestamp with time zone default now(),
    completed_at timestamp with time zone
);

create table public.agent_proposals (
    id character varying not null,
    tenant_id character varying(255) not null,
    user_id character varying(255) not null,
    agent_id character varying(255) not null,
    agent_name character varying(255),
    canvas_id character varying(255),
    session_id character varying(255),
    title character varying(255),
    description text,
    proposal_type public.proposaltype not null,
    proposal_data jsonb not null,
    status public.proposalstatus not null,
    reversible boolean,
    approver_type public.approvertype,
    approver_id character varying(255),
    approved_by character varying(255),
    approved_at timestamp with time zone,
    approval_reason text,
    confidence_score double precision,
    risk_assessment text,
    suggested_modifications text,
    created_at timestamp with time zone default now() not null,
    reviewed_at timestamp with time zone,
    expires_at timestamp with time zone,
    executed_at timestamp with time zone,
    execution_id character varying(255),
    supervision_outcome_recorded boolean default false not null,
    supervision_metadata jsonb,
    supervisor_confidence double precision,
    execution_success boolean,
    execution_outcome_details text
);

create table public.agent_registry (
    id character varying not null,
    name character varying not null,
    display_name character varying,
    handle character varying,
    description text,
    category character varying not null,
    role character varying not null,
    type character varying not null,
    capabilities jsonb not null,
    module_class character varying,
    module_path character varying not null,
    class_name character varying not null,
    user_id character varying,
    workspace_id character varying,
    tenant_id character varying,
    status character varying,
    confidence_score double precision,
    required_role_for_autonomy character varying,
    self_healed_count integer,
    is_system_agent boolean,
    enabled boolean,
    diversity_profile jsonb,
    division_id character varying,
    parent_agent_id character varying,
    specialty character varying,
    version character varying,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone,
    configuration jsonb,
    schedule_config jsonb,
    training_period_days integer,
    training_started_at timestamp with time zone,
    training_ends_at timestamp with time zone,
    training_config jsonb,
    last_promotion_at timestamp with time zone,
    promotion_count integer,
    last_exam_id character varying(255),
    exam_eligible_at timestamp with time zone,
    daily_requests_count integer,
    last_request_date timestamp with time zone
);

create table public.hitl_actions (
    id character varying not null,
    workspace_id character varying,
    tenant_id character varying,
    agent_id character varying,
    action_type character varying not null,
    platform character varying not null,
    params jsonb not null,
    chain_id character varying,
    context_snapshot jsonb,
    status character varying,
    reason character varying,
    priority character varying,
    notified_channel_id character varying,
    user_id character varying,
    confidence_score double precision,
    user_feedback text,
    created_at timestamp with time zone default now(),
    reviewed_at timestamp with time zone,
    reviewed_by character varying,
    required_role character varying,
    required_confidence double precision,
    meta_guidance text
);

create table public.saas_audit_logs (
    id character varying not null,
    event_type character varying not null,
    security_level character varying not null,
    threat_level character varying not null,
    "timestamp" timestamp with time zone default now(),
    user_id character varying,
    user_email character varying,
    tenant_id character varying,
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

create table public.social_posts (
    id character varying(255) not null,
    tenant_id character varying(255) not null,
    author_type public.authortype not null,
    author_id character varying(255) not null,
    post_type public.posttype not null,
    content text not null,
    post_metadata jsonb,
    created_at timestamp with time zone default now() not null,
    updated_at timestamp with time zone
);

create table public.tenants (
    id character varying not null,
    name character varying not null,
    subdomain character varying not null,
    domain character varying,
    plan_type character varying,
    edition character varying not null,
    segregated_namespaces boolean,
    is_active boolean,
    billing_email character varying,
    budget_limit_usd double precision,
    metadata_json jsonb,
    current_spend_usd double precision not null,
    total_spend_usd double precision not null,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone,
    computer_use_count integer,
    last_desktop_sync timestamp with time zone,
    api_key character varying,
    status character varying,
    user_id character varying,
    api_calls_count integer,
    ai_mode character varying
);

create table public.users (
    id character varying not null,
    tenant_id character varying,
    email character varying not null,
    hashed_password character varying,
    first_name character varying not null,
    last_name character varying not null,
    role character varying not null,
    status character varying not null,
    workspace_id character varying,
    is_active boolean not null,
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone,
    last_login timestamp with time zone,
    notification_preferences json,
    two_factor_enabled boolean,
    two_factor_secret character varying,
    two_factor_backup_codes jsonb
);

create table public.workspaces (
    id character varying not null,
    name character varying not null,
    description text,
    status character varying,
    plan_tier character varying,
    tenant_id character varying,
    is_startup boolean,
    learning_phase_completed boolean,
    metadata_json jsonb,
    internal_domains text,
    satellite_api_key character varying(128),
    created_at timestamp with time zone default now(),
    updated_at timestamp with time zone
);

alter table public.agent_executions add constraint agent_executions_pkey primary key (id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_pkey primary key (id);
alter table public.agent_proposals add constraint agent_proposals_pkey primary key (id);
alter table public.agent_registry add constraint agent_registry_pkey primary key (id);
alter table public.hitl_actions add constraint hitl_actions_pkey primary key (id);
alter table public.saas_audit_logs add constraint saas_audit_logs_pkey primary key (id);
alter table public.social_posts add constraint social_posts_pkey primary key (id);
alter table public.tenants add constraint tenants_api_key_key unique (api_key);
alter table public.tenants add constraint tenants_pkey primary key (id);
alter table public.users add constraint users_pkey primary key (id);
alter table public.workspaces add constraint workspaces_pkey primary key (id);
create unique index ix_agent_operation_tracker_operation_id on public.agent_operation_tracker using btree (operation_id);
create unique index ix_tenants_subdomain on public.tenants using btree (subdomain);
create unique index ix_users_email on public.users using btree (email);
alter table public.agent_executions add constraint agent_executions_agent_id_fkey foreign key (agent_id) references public.agent_registry(id);
alter table public.agent_executions add constraint agent_executions_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.agent_executions add constraint agent_executions_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.agent_operation_tracker add constraint agent_operation_tracker_agent_id_fkey foreign key (agent_id) references public.agent_registry(id) on delete cascade;
alter table public.agent_operation_tracker add constraint agent_operation_tracker_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.agent_operation_tracker add constraint agent_operation_tracker_user_id_fkey foreign key (user_id) references public.users(id) on delete cascade;
alter table public.agent_operation_tracker add constraint agent_operation_tracker_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id) on delete cascade;
alter table public.agent_proposals add constraint agent_proposals_agent_id_fkey foreign key (agent_id) references public.agent_registry(id) on delete cascade;
alter table public.agent_proposals add constraint agent_proposals_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.agent_proposals add constraint agent_proposals_user_id_fkey foreign key (user_id) references public.users(id) on delete cascade;
alter table public.agent_registry add constraint agent_registry_parent_agent_id_fkey foreign key (parent_agent_id) references public.agent_registry(id) on delete set null;
alter table public.agent_registry add constraint agent_registry_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.agent_registry add constraint agent_registry_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.agent_registry add constraint agent_registry_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.hitl_actions add constraint hitl_actions_reviewed_by_fkey foreign key (reviewed_by) references public.users(id);
alter table public.hitl_actions add constraint hitl_actions_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.hitl_actions add constraint hitl_actions_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.hitl_actions add constraint hitl_actions_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.saas_audit_logs add constraint saas_audit_logs_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.saas_audit_logs add constraint saas_audit_logs_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.saas_audit_logs add constraint saas_audit_logs_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.social_posts add constraint social_posts_tenant_id_fkey foreign key (tenant_id) references public.tenants(id);
alter table public.tenants add constraint tenants_user_id_fkey foreign key (user_id) references public.users(id);
alter table public.users add constraint users_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
alter table public.users add constraint users_workspace_id_fkey foreign key (workspace_id) references public.workspaces(id);
alter table public.workspaces add constraint workspaces_tenant_id_fkey foreign key (tenant_id) references public.tenants(id) on delete cascade;
