-- Which workers this schema serves. Exactly one row, written by migrations.
create table {{ schema }}.auto_post_compatibility (
    only_row boolean not null default true,
    oldest_worker text not null,
    constraint auto_post_compatibility_pkey primary key (only_row),
    constraint auto_post_compatibility_only_row_check check (only_row),
    constraint auto_post_compatibility_oldest_worker_check check (length(oldest_worker) <= 100)
);

insert into {{ schema }}.auto_post_compatibility (oldest_worker) values ('0001_outbox');

comment on table {{ schema }}.auto_post_compatibility is
'Which workers this schema serves. A migration that only adds leaves the row as it is, so that older workers go on '
'while the newer ones are rolled out.';
comment on column {{ schema }}.auto_post_compatibility.oldest_worker is
'The revision that belongs to the oldest version of autopost whose workers still work with this schema.';
comment on column {{ schema }}.auto_post_compatibility.only_row is 'Always true: keeps it to one row.';
