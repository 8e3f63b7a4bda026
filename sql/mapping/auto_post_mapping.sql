-- The mapping that is in force. Exactly one row, written by the migration.
create table if not exists {{ schema }}.auto_post_mapping (
    only_row boolean not null default true,
    document text not null,
    applied_at timestamptz not null default now(),
    constraint auto_post_mapping_pkey primary key (only_row),
    constraint auto_post_mapping_only_row_check check (only_row)
);

insert into {{ schema }}.auto_post_mapping (document) values ({{ document }})
on conflict (only_row) do update set document = excluded.document, applied_at = now();

comment on table {{ schema }}.auto_post_mapping is
'How the platform''s tables read in autopost''s words: what the views of this schema and the trigger were made from.';
comment on column {{ schema }}.auto_post_mapping.document is 'TOML. A migration with another mapping replaces it.';
comment on column {{ schema }}.auto_post_mapping.applied_at is 'When it was put in force.';
comment on column {{ schema }}.auto_post_mapping.only_row is 'Always true: keeps it to one row.';
