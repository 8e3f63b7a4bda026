-- A platform of tests: quoted names, a key of two columns, times without a zone, and JSON within JSON.
create schema "Core";
create type "Core"."RunState" as enum (
    'NEW', 'WORKING', 'COMPLETED_SUCCESSFULLY', 'COMPLETED_WITH_ERRORS', 'AWAITING_HUMAN_INPUT'
);
create table "Core"."Assistant" (
    "Id" uuid primary key,
    "TenantId" uuid not null,
    "Label" text not null
);
create table "Core"."AssistantRun" (
    "ThreadId" uuid not null,
    "Seq" integer not null,
    "AssistantId" uuid not null references "Core"."Assistant",
    "TenantId" uuid not null,
    "State" "Core"."RunState" not null,
    "Result" jsonb,
    "IsTest" boolean not null default false,
    "CreatedAt" timestamp not null default now(),
    "EndedAt" timestamp,
    primary key ("ThreadId", "Seq")
);
insert into "Core"."Assistant" values
('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000a', 'Desk helper');
insert into "Core"."AssistantRun"
select
    ('00000000-0000-0000-0000-' || lpad((n / 3)::text, 12, '0'))::uuid, n % 3, a."Id", a."TenantId",
    (enum_range(null::"Core"."RunState"))[2 + n % 4],
    case
        when n % 4 = 1
            then jsonb_build_object('body', jsonb_build_object('summary', 'Drafted reply ' || n || ' to a customer')::text)
        else '{"error": "No credits are left"}'
    end,
    n % 10 = 9, timestamp '2026-01-01' + n * interval '1 minute', timestamp '2026-01-01 00:00:04' + n * interval '1 minute'
from generate_series(0, 119) as n cross join "Core"."Assistant" as a;
