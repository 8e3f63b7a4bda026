-- Langfuse v2, the last that kept traces in PostgreSQL alone: schema public.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, read with pg_dump after the project's own migrations
-- up to 20241206115829 (packages/shared/prisma/migrations). Plain indexes, and keys to tables that are not here, are left out. Langfuse
-- is under the MIT licence apart from its folders `ee`, from which nothing here is; this file holds no code of it.

create type public."ObservationLevel" as enum ('DEBUG', 'DEFAULT', 'WARNING', 'ERROR');
create type public."ObservationType" as enum ('SPAN', 'EVENT', 'GENERATION');

create table public.observations (
    id text not null,
    name text,
    start_time timestamp(3) without time zone default current_timestamp not null,
    end_time timestamp(3) without time zone,
    parent_observation_id text,
    type public."ObservationType" not null,
    trace_id text,
    metadata jsonb,
    model text,
    "modelParameters" jsonb,
    input jsonb,
    output jsonb,
    level public."ObservationLevel" default 'DEFAULT'::public."ObservationLevel" not null,
    status_message text,
    completion_start_time timestamp(3) without time zone,
    completion_tokens integer default 0 not null,
    prompt_tokens integer default 0 not null,
    total_tokens integer default 0 not null,
    version text,
    project_id text not null,
    created_at timestamp(3) without time zone default current_timestamp not null,
    unit text default 'TOKENS'::text not null,
    prompt_id text,
    input_cost numeric(65,30),
    output_cost numeric(65,30),
    total_cost numeric(65,30),
    internal_model text
);

create table public.projects (
    id text not null,
    created_at timestamp(3) without time zone default current_timestamp not null,
    name text not null,
    updated_at timestamp(3) without time zone default current_timestamp not null,
    cloud_config jsonb
);

create table public.scores (
    id text not null,
    "timestamp" timestamp(3) without time zone default current_timestamp not null,
    name text not null,
    value double precision not null,
    observation_id text,
    trace_id text not null,
    comment text
);

create table public.trace_sessions (
    id text not null,
    created_at timestamp(3) without time zone default current_timestamp not null,
    updated_at timestamp(3) without time zone default current_timestamp not null,
    project_id text not null,
    bookmarked boolean default false not null,
    public boolean default false not null
);

create table public.traces (
    id text not null,
    "timestamp" timestamp(3) without time zone default current_timestamp not null,
    name text,
    project_id text not null,
    metadata jsonb,
    external_id text,
    user_id text,
    release text,
    version text,
    public boolean default false not null,
    bookmarked boolean default false not null,
    input jsonb,
    output jsonb,
    session_id text,
    tags text[] default array[]::text[]
);

alter table public.observations add constraint observations_pkey primary key (id);
alter table public.projects add constraint projects_pkey primary key (id);
alter table public.scores add constraint scores_pkey primary key (id);
alter table public.trace_sessions add constraint trace_sessions_pkey primary key (id, project_id);
alter table public.traces add constraint traces_pkey primary key (id);
create unique index observations_id_project_id_key on public.observations using btree (id, project_id);
create unique index scores_id_trace_id_key on public.scores using btree (id, trace_id);
alter table public.observations add constraint observations_project_id_fkey foreign key (project_id) references public.projects(id) on update cascade on delete cascade;
alter table public.scores add constraint scores_observation_id_fkey foreign key (observation_id) references public.observations(id) on update cascade on delete set null;
alter table public.scores add constraint scores_trace_id_fkey foreign key (trace_id) references public.traces(id) on update cascade on delete cascade;
alter table public.trace_sessions add constraint trace_sessions_project_id_fkey foreign key (project_id) references public.projects(id) on update cascade on delete cascade;
alter table public.traces add constraint traces_project_id_fkey foreign key (project_id) references public.projects(id) on update cascade on delete cascade;
alter table public.traces add constraint traces_session_id_project_id_fkey foreign key (session_id, project_id) references public.trace_sessions(id, project_id) on update cascade on delete restrict;
