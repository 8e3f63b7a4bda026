-- Apache Airflow 3.3.2 (apache-airflow-core): schema public of its metadata database.
-- Facts for tests: names, types, keys, defaults and enums of the tables that matter, read with pg_dump after the project's own migrations
-- (`airflow db migrate`, airflow-core/src/airflow/migrations). Plain indexes, and keys to tables that are not here, are left out. Airflow
-- is under the Apache License 2.0; this file holds no code of it.

create table public.dag (
    dag_id character varying(250) not null,
    is_paused boolean not null,
    is_stale boolean not null,
    exceeds_max_non_backfill boolean default false not null,
    last_parsed_time timestamp with time zone,
    last_parse_duration double precision,
    last_expired timestamp with time zone,
    fileloc character varying(2000),
    relative_fileloc character varying(2000),
    bundle_name character varying(250) not null,
    bundle_version character varying(200),
    owners character varying(2000),
    dag_display_name character varying(2000),
    description text,
    timetable_type character varying(255) not null,
    timetable_summary text,
    timetable_description character varying(1000),
    timetable_partitioned boolean default false not null,
    timetable_periodic boolean default false not null,
    partition_mapper_info json not null,
    asset_expression json,
    deadline json,
    max_active_tasks integer not null,
    max_active_runs integer,
    max_consecutive_failed_dag_runs integer not null,
    has_task_concurrency_limits boolean not null,
    has_import_errors boolean default false,
    fail_fast boolean default false not null,
    allowed_run_types json,
    next_dagrun timestamp with time zone,
    next_dagrun_data_interval_start timestamp with time zone,
    next_dagrun_data_interval_end timestamp with time zone,
    next_dagrun_partition_key character varying(255),
    next_dagrun_partition_date timestamp with time zone,
    next_dagrun_create_after timestamp with time zone
);

create table public.dag_bundle (
    name character varying(250) not null,
    active boolean,
    version character varying(200),
    last_refreshed timestamp with time zone,
    signed_url_template text,
    template_params json
);

create table public.dag_run (
    id integer not null,
    dag_id character varying(250) not null,
    queued_at timestamp with time zone,
    logical_date timestamp with time zone,
    start_date timestamp with time zone,
    end_date timestamp with time zone,
    state character varying(50),
    run_id character varying(250) not null,
    creating_job_id integer,
    run_type character varying(50) not null,
    triggered_by character varying(50),
    triggering_user_name character varying(512),
    conf jsonb,
    data_interval_start timestamp with time zone,
    data_interval_end timestamp with time zone,
    run_after timestamp with time zone not null,
    last_scheduling_decision timestamp with time zone,
    log_template_id integer,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    clear_number integer default 0 not null,
    backfill_id integer,
    bundle_version character varying(250),
    scheduled_by_job_id integer,
    context_carrier jsonb,
    span_status character varying(250) default 'not_started'::character varying not null,
    created_dag_version_id uuid,
    partition_key character varying(250),
    partition_date timestamp with time zone
);

create sequence public.dag_run_id_seq
    as integer
    start with 1
    increment by 1
    no minvalue
    no maxvalue
    cache 1;

create table public.hitl_detail (
    ti_id uuid not null,
    options json not null,
    subject text not null,
    body text,
    defaults json,
    multiple boolean,
    params json not null,
    assignees json,
    created_at timestamp with time zone not null,
    responded_at timestamp with time zone,
    responded_by json,
    chosen_options json,
    params_input json not null
);

create table public.log (
    id integer not null,
    dttm timestamp with time zone,
    dag_id character varying(250),
    task_id character varying(250),
    map_index integer,
    event character varying(60) not null,
    logical_date timestamp with time zone,
    run_id character varying(250),
    owner character varying(500),
    owner_display_name character varying(500),
    extra text,
    try_number integer
);

create sequence public.log_id_seq
    as integer
    start with 1
    increment by 1
    no minvalue
    no maxvalue
    cache 1;

create table public.task_instance (
    id uuid not null,
    task_id character varying(250) not null,
    dag_id character varying(250) not null,
    run_id character varying(250) not null,
    map_index integer default '-1'::integer not null,
    start_date timestamp with time zone,
    end_date timestamp with time zone,
    duration double precision,
    state character varying(20),
    try_number integer not null,
    max_tries integer default '-1'::integer not null,
    hostname character varying(1000),
    unixname character varying(1000),
    pool character varying(256) not null,
    pool_slots integer not null,
    queue character varying(256),
    priority_weight integer,
    operator character varying(1000),
    custom_operator_name character varying(1000),
    queued_dttm timestamp with time zone,
    scheduled_dttm timestamp with time zone,
    queued_by_job_id integer,
    last_heartbeat_at timestamp with time zone,
    pid integer,
    executor character varying(1000),
    executor_config bytea,
    updated_at timestamp with time zone,
    rendered_map_index character varying(250),
    context_carrier jsonb,
    span_status character varying(250) default 'not_started'::character varying not null,
    external_executor_id text,
    trigger_id integer,
    trigger_timeout timestamp with time zone,
    next_method character varying(1000),
    next_kwargs jsonb,
    task_display_name character varying(2000),
    dag_version_id uuid,
    retry_delay_override double precision,
    retry_reason character varying(500)
);

create table public.task_instance_history (
    task_instance_id uuid not null,
    task_id character varying(250) not null,
    dag_id character varying(250) not null,
    run_id character varying(250) not null,
    map_index integer default '-1'::integer not null,
    try_number integer not null,
    start_date timestamp with time zone,
    end_date timestamp with time zone,
    duration double precision,
    state character varying(20),
    max_tries integer default '-1'::integer,
    hostname character varying(1000),
    unixname character varying(1000),
    pool character varying(256) not null,
    pool_slots integer not null,
    queue character varying(256),
    priority_weight integer,
    operator character varying(1000),
    custom_operator_name character varying(1000),
    queued_dttm timestamp with time zone,
    scheduled_dttm timestamp with time zone,
    queued_by_job_id integer,
    pid integer,
    executor character varying(1000),
    executor_config bytea,
    updated_at timestamp with time zone,
    rendered_map_index character varying(250),
    context_carrier jsonb,
    span_status character varying(250) default 'not_started'::character varying not null,
    external_executor_id text,
    trigger_id integer,
    trigger_timeout timestamp without time zone,
    next_method character varying(1000),
    next_kwargs jsonb,
    task_display_name character varying(2000),
    dag_version_id uuid,
    retry_delay_override double precision,
    retry_reason character varying(500)
);

alter sequence public.dag_run_id_seq owned by public.dag_run.id;
alter sequence public.log_id_seq owned by public.log.id;
alter table public.dag_run alter column id set default nextval('public.dag_run_id_seq'::regclass);
alter table public.log alter column id set default nextval('public.log_id_seq'::regclass);
alter table public.dag_bundle add constraint dag_bundle_pkey primary key (name);
alter table public.dag add constraint dag_pkey primary key (dag_id);
alter table public.dag_run add constraint dag_run_dag_id_logical_date_key unique (dag_id, logical_date);
alter table public.dag_run add constraint dag_run_dag_id_run_id_key unique (dag_id, run_id);
alter table public.dag_run add constraint dag_run_pkey primary key (id);
alter table public.hitl_detail add constraint hitl_detail_pkey primary key (ti_id);
alter table public.log add constraint log_pkey primary key (id);
alter table public.task_instance add constraint task_instance_composite_key unique (dag_id, task_id, run_id, map_index);
alter table public.task_instance_history add constraint task_instance_history_dtrt_uq unique (dag_id, task_id, run_id, map_index, try_number);
alter table public.task_instance_history add constraint task_instance_history_pkey primary key (task_instance_id);
alter table public.task_instance add constraint task_instance_pkey primary key (id);
alter table public.dag add constraint dag_bundle_name_fkey foreign key (bundle_name) references public.dag_bundle(name);
alter table public.hitl_detail add constraint hitl_detail_ti_fkey foreign key (ti_id) references public.task_instance(id) on update cascade on delete cascade;
alter table public.task_instance add constraint task_instance_dag_run_fkey foreign key (dag_id, run_id) references public.dag_run(dag_id, run_id) on delete cascade;
alter table public.task_instance_history add constraint task_instance_history_ti_fkey foreign key (dag_id, task_id, run_id, map_index) references public.task_instance(dag_id, task_id, run_id, map_index) on update cascade on delete cascade;
