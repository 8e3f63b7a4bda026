-- AutoGPT platform (github Significant-Gravitas/AutoGPT at 014e799e): schema "platform" of its database.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, written down from
-- autogpt_platform/backend/schema.prisma in the types that Prisma makes for PostgreSQL. An id that Prisma makes has no default here.
-- Plain indexes, and keys to tables that are not here, are left out. The platform is under the Polyform Shield License; this file holds
-- no code of it.

create schema if not exists platform;

create type platform."AgentExecutionStatus" as enum ('INCOMPLETE', 'QUEUED', 'RUNNING', 'COMPLETED', 'TERMINATED', 'FAILED', 'REVIEW');
create type platform."ReviewStatus" as enum ('WAITING', 'APPROVED', 'REJECTED');
create type platform."SubscriptionTier" as enum ('FREE', 'PRO', 'BUSINESS', 'ENTERPRISE');

create table platform."User" (
    id text not null,
    email text not null,
    "emailVerified" boolean default true not null,
    name text,
    "createdAt" timestamp(3) without time zone default current_timestamp not null,
    "updatedAt" timestamp(3) without time zone not null,
    metadata jsonb default '{}'::jsonb not null,
    integrations text default '' not null,
    "stripeCustomerId" text,
    "topUpConfig" jsonb,
    "maxEmailsPerDay" integer default 3 not null,
    "notifyOnAgentRun" boolean default true not null,
    "notifyOnZeroBalance" boolean default true not null,
    "notifyOnLowBalance" boolean default true not null,
    "notifyOnBlockExecutionFailed" boolean default true not null,
    "notifyOnContinuousAgentError" boolean default true not null,
    "notifyOnDailySummary" boolean default true not null,
    "notifyOnWeeklySummary" boolean default true not null,
    "notifyOnMonthlySummary" boolean default true not null,
    "notifyOnAgentApproved" boolean default true not null,
    "notifyOnAgentRejected" boolean default true not null,
    timezone text default 'not-set' not null,
    "subscriptionTier" platform."SubscriptionTier" default 'PRO' not null
);

create table platform."AgentGraph" (
    id text not null,
    version integer default 1 not null,
    "createdAt" timestamp(3) without time zone default current_timestamp not null,
    "updatedAt" timestamp(3) without time zone,
    name text,
    description text,
    instructions text,
    "recommendedScheduleCron" text,
    "isActive" boolean default true not null,
    "userId" text not null,
    "forkedFromId" text,
    "forkedFromVersion" integer
);

create table platform."AgentPreset" (
    id text not null,
    "createdAt" timestamp(3) without time zone default current_timestamp not null,
    "updatedAt" timestamp(3) without time zone default current_timestamp not null,
    name text not null,
    description text not null,
    "isActive" boolean default true not null,
    "userId" text not null,
    "agentGraphId" text not null,
    "agentGraphVersion" integer not null,
    "webhookId" text,
    "isDeleted" boolean default false not null
);

create table platform."AgentBlock" (
    id text not null,
    name text not null,
    "inputSchema" text not null,
    "outputSchema" text not null,
    description text,
    "optimizedDescription" text
);

create table platform."AgentNode" (
    id text not null,
    "agentBlockId" text not null,
    "agentGraphId" text not null,
    "agentGraphVersion" integer default 1 not null,
    "constantInput" jsonb default '{}'::jsonb not null,
    "webhookId" text,
    metadata jsonb default '{}'::jsonb not null
);

create table platform."AgentGraphExecution" (
    id text not null,
    "createdAt" timestamp(3) without time zone default current_timestamp not null,
    "updatedAt" timestamp(3) without time zone,
    "startedAt" timestamp(3) without time zone,
    "endedAt" timestamp(3) without time zone,
    "isDeleted" boolean default false not null,
    "executionStatus" platform."AgentExecutionStatus" default 'COMPLETED' not null,
    "agentGraphId" text not null,
    "agentGraphVersion" integer default 1 not null,
    "agentPresetId" text,
    inputs jsonb,
    "credentialInputs" jsonb,
    "nodesInputMasks" jsonb,
    "userId" text not null,
    stats jsonb,
    "parentGraphExecutionId" text,
    "isShared" boolean default false not null,
    "shareToken" text,
    "sharedAt" timestamp(3) without time zone
);

create table platform."AgentNodeExecution" (
    id text not null,
    "agentGraphExecutionId" text not null,
    "agentNodeId" text not null,
    "executionStatus" platform."AgentExecutionStatus" default 'COMPLETED' not null,
    "executionData" jsonb,
    "addedTime" timestamp(3) without time zone default current_timestamp not null,
    "queuedTime" timestamp(3) without time zone,
    "startedTime" timestamp(3) without time zone,
    "endedTime" timestamp(3) without time zone,
    stats jsonb
);

create table platform."PendingHumanReview" (
    "nodeExecId" text not null,
    "userId" text not null,
    "graphExecId" text not null,
    "graphId" text not null,
    "graphVersion" integer not null,
    payload jsonb not null,
    instructions text,
    editable boolean default true not null,
    status platform."ReviewStatus" default 'WAITING' not null,
    "reviewMessage" text,
    "wasEdited" boolean,
    processed boolean default false not null,
    "createdAt" timestamp(3) without time zone default current_timestamp not null,
    "updatedAt" timestamp(3) without time zone,
    "reviewedAt" timestamp(3) without time zone
);

alter table platform."User" add constraint "User_pkey" primary key (id);
create unique index "User_email_key" on platform."User" (email);
alter table platform."AgentGraph" add constraint "AgentGraph_pkey" primary key (id, version);
alter table platform."AgentPreset" add constraint "AgentPreset_pkey" primary key (id);
alter table platform."AgentBlock" add constraint "AgentBlock_pkey" primary key (id);
create unique index "AgentBlock_name_key" on platform."AgentBlock" (name);
alter table platform."AgentNode" add constraint "AgentNode_pkey" primary key (id);
alter table platform."AgentGraphExecution" add constraint "AgentGraphExecution_pkey" primary key (id);
create unique index "AgentGraphExecution_shareToken_key" on platform."AgentGraphExecution" ("shareToken");
alter table platform."AgentNodeExecution" add constraint "AgentNodeExecution_pkey" primary key (id);
alter table platform."PendingHumanReview" add constraint "PendingHumanReview_pkey" primary key ("nodeExecId");
create unique index "PendingHumanReview_nodeExecId_key" on platform."PendingHumanReview" ("nodeExecId");
alter table platform."AgentGraph" add constraint "AgentGraph_userId_fkey"
foreign key ("userId") references platform."User" (id) on update cascade on delete cascade;
alter table platform."AgentGraph" add constraint "AgentGraph_forkedFromId_forkedFromVersion_fkey"
foreign key ("forkedFromId", "forkedFromVersion") references platform."AgentGraph" (id, version) on update cascade on delete set null;
alter table platform."AgentPreset" add constraint "AgentPreset_userId_fkey"
foreign key ("userId") references platform."User" (id) on update cascade on delete cascade;
alter table platform."AgentPreset" add constraint "AgentPreset_agentGraphId_agentGraphVersion_fkey"
foreign key ("agentGraphId", "agentGraphVersion") references platform."AgentGraph" (id, version) on update cascade on delete restrict;
alter table platform."AgentNode" add constraint "AgentNode_agentBlockId_fkey"
foreign key ("agentBlockId") references platform."AgentBlock" (id) on update cascade on delete restrict;
alter table platform."AgentNode" add constraint "AgentNode_agentGraphId_agentGraphVersion_fkey"
foreign key ("agentGraphId", "agentGraphVersion") references platform."AgentGraph" (id, version) on update cascade on delete cascade;
alter table platform."AgentGraphExecution" add constraint "AgentGraphExecution_agentGraphId_agentGraphVersion_fkey"
foreign key ("agentGraphId", "agentGraphVersion") references platform."AgentGraph" (id, version) on update cascade on delete cascade;
alter table platform."AgentGraphExecution" add constraint "AgentGraphExecution_agentPresetId_fkey"
foreign key ("agentPresetId") references platform."AgentPreset" (id) on update cascade on delete set null;
alter table platform."AgentGraphExecution" add constraint "AgentGraphExecution_userId_fkey"
foreign key ("userId") references platform."User" (id) on update cascade on delete cascade;
alter table platform."AgentGraphExecution" add constraint "AgentGraphExecution_parentGraphExecutionId_fkey"
foreign key ("parentGraphExecutionId") references platform."AgentGraphExecution" (id) on update cascade on delete set null;
alter table platform."AgentNodeExecution" add constraint "AgentNodeExecution_agentGraphExecutionId_fkey"
foreign key ("agentGraphExecutionId") references platform."AgentGraphExecution" (id) on update cascade on delete cascade;
alter table platform."AgentNodeExecution" add constraint "AgentNodeExecution_agentNodeId_fkey"
foreign key ("agentNodeId") references platform."AgentNode" (id) on update cascade on delete cascade;
alter table platform."PendingHumanReview" add constraint "PendingHumanReview_userId_fkey"
foreign key ("userId") references platform."User" (id) on update cascade on delete cascade;
