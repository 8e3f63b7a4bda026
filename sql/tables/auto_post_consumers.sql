-- How far the log of announcements has been written and read: one row for the log, one for each of its readers.
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
'How far the log of announcements goes (log), and how far each of its readers has come (carrier, hook:<name>).';
comment on column {{ schema }}.auto_post_consumers.name is 'log, carrier, or hook: and the name of a hook.';
comment on column {{ schema }}.auto_post_consumers.position is
'log: the last place given. A reader: all announcements up to this place are delivered, the next one is not.';
comment on column {{ schema }}.auto_post_consumers.moved_at is 'When it last delivered something.';
comment on column {{ schema }}.auto_post_consumers.ahead is
'A hook''s: the places after its position that are delivered. Agents are served in turn, and not in the order of places.';
comment on column {{ schema }}.auto_post_consumers.holder is 'A hook''s: which worker has its turn. NULL: none has.';
comment on column {{ schema }}.auto_post_consumers.held_until is 'A hook''s: when the turn ends by itself.';
comment on column {{ schema }}.auto_post_consumers.failing_since is
'A hook''s: since when its target has not taken what comes next. NULL: it does.';
comment on column {{ schema }}.auto_post_consumers.last_error is 'A hook''s: what went wrong last, while it fails.';
