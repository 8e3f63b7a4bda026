-- Returns why a migration would fail or repair nothing, and what to do; NULL for a schema that it may begin with.
-- $1: whether the schema has a revision.
select
    case
        when
            $1 and exists (
                select
                from pg_proc as p
                where
                    p.pronamespace = to_regnamespace('{{ schema }}')
                    and p.proname = 'auto_post_capture'
                    and position('{{ schema }}.auto_post_' in p.prosrc) = 0
            )
            then
                'the functions of schema {{ schema }} were made for a schema of another name, which it had before: '
                'give it that name back (alter schema {{ schema }} rename to ...), and set SOCIAL_POST_SCHEMA to it'
        when not $1 and to_regclass('{{ schema }}.auto_post_outbox') is not null
            then
                'schema {{ schema }} has autopost''s tables and no revision, like a copy without rows: copy its rows '
                'as well (pg_dump without --schema-only), or drop it, and migrate again: '
                'drop schema {{ schema }} cascade;'
    end as problem
