-- How far the log of events has been written and read: one row for the log, one for each of its consumers.
create table {{ schema }}.auto_post_consumers (
    name text not null,
    position bigint not null default 0,
    moved_at timestamptz not null default now(),
    ahead int8multirange not null default '{}',
    holder text,
    held_until timestamptz,
    failing_since timestamptz,
    last_error text,
    constraint auto_post_consumers_pkey primary key (name)
);

insert into {{ schema }}.auto_post_consumers (name) values ('log');

comment on table {{ schema }}.auto_post_consumers is
'The last position of the event log (row log), and the offset of each of its consumers (rows transport, '
'webhook:<name>).';
comment on column {{ schema }}.auto_post_consumers.name is 'log, transport, or webhook: and the name of a webhook.';
comment on column {{ schema }}.auto_post_consumers.position is
'log: the last position given. A consumer: all events up to this position are delivered, the next one is not.';
comment on column {{ schema }}.auto_post_consumers.moved_at is 'When it last delivered something.';
comment on column {{ schema }}.auto_post_consumers.ahead is
'Of a webhook: the delivered positions after its offset. Agents are served round robin.';
comment on column {{ schema }}.auto_post_consumers.holder is 'Which worker holds the consumer''s lease. NULL: none.';
comment on column {{ schema }}.auto_post_consumers.held_until is 'When the lease expires.';
comment on column {{ schema }}.auto_post_consumers.failing_since is
'Since when deliveries have failed. NULL: they do not.';
comment on column {{ schema }}.auto_post_consumers.last_error is 'The last error, while deliveries fail.';
