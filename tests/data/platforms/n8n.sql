-- n8n (github n8n-io/n8n at 012b8345): schema public of its database.
-- Facts for tests: names, types, keys and defaults of the tables that matter, written down from the entities and migrations in
-- packages/@n8n/db/src. Plain indexes, and keys to tables that are not here, are left out. n8n is under the Sustainable Use License; this
-- file holds no code of it.

create table public.project (
    id character varying(36) not null,
    name character varying(255) not null,
    type character varying(36) not null,
    icon json,
    description character varying(512),
    "creatorId" uuid,
    "createdAt" timestamp(3) with time zone default current_timestamp(3) not null,
    "updatedAt" timestamp(3) with time zone default current_timestamp(3) not null
);

create table public.workflow_entity (
    id character varying(36) not null,
    name character varying(128) not null,
    description text,
    active boolean not null,
    "isArchived" boolean default false not null,
    nodes json not null,
    connections json not null,
    settings json,
    "staticData" json,
    meta json,
    "nodeGroups" json default '[]'::json not null,
    "pinData" json,
    "versionId" character(36) not null,
    "activeVersionId" character varying(36),
    "versionCounter" integer default 1 not null,
    "triggerCount" integer default 0 not null,
    "parentFolderId" character varying(36),
    "sourceWorkflowId" character varying,
    "externalId" character varying,
    "createdAt" timestamp(3) with time zone default current_timestamp(3) not null,
    "updatedAt" timestamp(3) with time zone default current_timestamp(3) not null
);

create table public.shared_workflow (
    "workflowId" character varying(36) not null,
    "projectId" character varying(36) not null,
    role text not null,
    "createdAt" timestamp(3) with time zone default current_timestamp(3) not null,
    "updatedAt" timestamp(3) with time zone default current_timestamp(3) not null
);

create table public.execution_entity (
    id serial not null,
    finished boolean not null,
    mode character varying not null,
    "retryOf" character varying,
    "retrySuccessId" character varying,
    status character varying not null,
    "createdAt" timestamp(3) with time zone default current_timestamp(3) not null,
    "startedAt" timestamp(3) with time zone,
    "stoppedAt" timestamp(3) with time zone,
    "deletedAt" timestamp(3) with time zone,
    "workflowId" character varying(36) not null,
    "waitTill" timestamp(3) with time zone,
    "storedAt" character varying(2) default 'db' not null,
    "tracingContext" json,
    "deduplicationKey" character varying(255),
    "jsonSizeBytes" bigint default 0 not null,
    "workflowVersionId" character varying(36)
);

create table public.execution_data (
    "executionId" integer not null,
    "workflowData" json not null,
    data text not null,
    "workflowVersionId" character varying(36)
);

create table public.execution_metadata (
    id serial not null,
    "executionId" integer not null,
    key character varying(255) not null,
    value text not null
);

alter table public.project add constraint project_pkey primary key (id);
alter table public.workflow_entity add constraint workflow_entity_pkey primary key (id);
alter table public.shared_workflow add constraint shared_workflow_pkey primary key ("workflowId", "projectId");
alter table public.execution_entity add constraint execution_entity_pkey primary key (id);
create unique index execution_entity_deduplication_key on public.execution_entity ("deduplicationKey");
alter table public.execution_data add constraint execution_data_pkey primary key ("executionId");
alter table public.execution_metadata add constraint execution_metadata_pkey primary key (id);
alter table public.shared_workflow add constraint shared_workflow_workflow_fkey
foreign key ("workflowId") references public.workflow_entity (id) on delete cascade;
alter table public.shared_workflow add constraint shared_workflow_project_fkey
foreign key ("projectId") references public.project (id) on delete cascade;
alter table public.execution_entity add constraint execution_entity_workflow_fkey
foreign key ("workflowId") references public.workflow_entity (id) on delete cascade;
alter table public.execution_data add constraint execution_data_fk
foreign key ("executionId") references public.execution_entity (id) on delete cascade;
alter table public.execution_metadata add constraint execution_metadata_fk
foreign key ("executionId") references public.execution_entity (id) on delete cascade;
