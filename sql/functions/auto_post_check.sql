-- What is right and what is wrong with this installation: a row for each thing that was looked at.
-- Changes nothing, and does not fail: what is missing, locked for more than a second or not allowed is a row too.
-- p_keep is what the workers' SOCIAL_POST_RETENTION_DAYS says. Locks: those of reading, one part after the other.
create or replace function {{ schema }}.auto_post_check(p_keep interval default '7 days')
returns table (level text, subject text, finding text, advice text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set jit = off
as $$
declare
    v_part text;
begin
    foreach v_part in array array[
        'server', 'held_back', 'schema', 'trigger', 'functions', 'switches', 'outbox', 'webhooks', 'workers', 'rights',
        'row_security'
    ] loop
        -- A later revision adds webhooks.
        continue when v_part = 'webhooks'
        and pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_webhooks()') is null;
        begin
            return query execute pg_catalog.format(
                'select c.level, c.subject, c.finding, c.advice from {{ schema }}.auto_post_check_%s(%s) as c',
                v_part, case v_part when 'outbox' then '$1' end
            ) using p_keep;
        exception
            when insufficient_privilege then
                return query select
                    'warning', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, which this role may not: ' || sqlerrm,
                    pg_catalog.format('grant auto_post_reader to %I;', session_user);
            when lock_not_available then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, as somebody holds a lock on it for more than a second',
                    'select l.pid, l.mode, l.relation::regclass from pg_locks as l '
                    'where l.mode = ''AccessExclusiveLock'' and l.granted;';
            when others then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '), 'not looked at: ' || sqlerrm,
                    'autopost check  # says what is missing, and how to make it';
        end;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_check(interval) from public;

comment on function {{ schema }}.auto_post_check(interval) is
'What is right (ok) and what is wrong (warning, problem) with this installation, and what to do about it.';
