-- The whitelist of significance: which operations are worth a post. A DBA adds, changes and switches off rows.
create table {{ schema }}.auto_post_rules (
    id integer generated always as identity,
    operation_type text not null,
    match text not null default 'exact',
    status text,
    is_alert boolean not null default false,
    enabled boolean not null default true,
    title text,
    description text,
    since timestamptz not null default now(),
    since_xid xid8 not null default pg_current_xact_id(),
    constraint auto_post_rules_pkey primary key (id),
    constraint auto_post_rules_once_key unique nulls not distinct (operation_type, match, status),
    -- The trigger marks alerts with a minus.
    constraint auto_post_rules_id_check check (id > 0),
    constraint auto_post_rules_match_check check (match in ('exact', 'like')),
    constraint auto_post_rules_operation_type_check check (operation_type <> '' and length(operation_type) <= 200),
    -- LIKE fails on a pattern that ends with an escape character, for every change that it is compared with.
    constraint auto_post_rules_pattern_check check (match <> 'like' or operation_type !~ '(^|[^\\])(\\\\)*\\$'),
    constraint auto_post_rules_status_check check (length(status) <= 200),
    constraint auto_post_rules_title_check check (
        title <> ''
        and length(title) <= 60
        and title = btrim(title)
        and title !~ '[\u0001-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
    ),
    constraint auto_post_rules_description_check check (length(description) <= 1000)
);

comment on table {{ schema }}.auto_post_rules is
'Which operations are significant. A rule can be switched off, but not deleted. An operation is posted at most once '
'for each rule that it meets. If several rules match a change, an exact rule takes precedence over a pattern, and a '
'rule with a status over one without.';
comment on column {{ schema }}.auto_post_rules.operation_type is
'An operation type; if match is like, a LIKE pattern that is compared without regard to the case of ASCII letters.';
comment on column {{ schema }}.auto_post_rules.match is 'exact or like.';
comment on column {{ schema }}.auto_post_rules.status is
'The status that the operation must change to. NULL: any status, so the operation counts at first sight.';
comment on column {{ schema }}.auto_post_rules.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert. Failed operations are always alerts.';
comment on column {{ schema }}.auto_post_rules.enabled is 'False: the rule is switched off.';
comment on column {{ schema }}.auto_post_rules.since is
'When the rule was created or changed, or capturing last switched on. Operations that ended before are not captured. '
'Set by triggers.';
comment on column {{ schema }}.auto_post_rules.since_xid is
'The transaction at since. Rows of the platform that were written later, but ended before since by their own times, '
'are only recorded.';
comment on column {{ schema }}.auto_post_rules.id is
'The number of the rule, as auto_post_switch_rule takes it and outbox rows have it.';
comment on column {{ schema }}.auto_post_rules.title is
'What posts call such an operation, as in the middle of a sentence (a workflow). At most 60 visible characters on one '
'line. Published as it is, without redaction. NULL: posts show the operation_type.';
comment on column {{ schema }}.auto_post_rules.description is 'A comment: why the rule exists.';
