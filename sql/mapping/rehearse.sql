-- Writes a post of each type and an audit row as a worker would, and takes each back at once: what the platform's
-- tables refuse (a label that their enum lacks, a CHECK, a trigger) is found at install and not on the feed.
do $mapping$
declare
    v_problems text[] := '{}';
    v_what text;
    v_agent record;
begin
    begin
        select a.id, a.tenant_id into v_agent from {{ schema }}.agents as a limit 1;
    exception
        when lock_not_available then
            raise;
        when others then
            -- A row that cannot be read; mapping/evaluate.sql has named the newest of them. Its message quotes values.
            select null::text as id, null::text as tenant_id into v_agent;
    end;
    foreach v_what in array array['status', 'alert', 'audit'] loop
        begin
            if v_what = 'audit' then
                insert into {{ schema }}.audit_log (
                    id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details
                )
                values (
                    pg_catalog.gen_random_uuid()::text, pg_catalog.now(), v_agent.id, 'auto_post.posted',
                    'workflow_execute', pg_catalog.gen_random_uuid()::text, 'completed',
                    pg_catalog.gen_random_uuid()::text, '{}'
                );
            else
                insert into {{ schema }}.social_posts (
                    id, tenant_id, author_type, author_id, post_type, content, post_metadata, auto_generated, created_at
                )
                values (
                    pg_catalog.gen_random_uuid()::text, v_agent.tenant_id, 'agent', v_agent.id, v_what,
                    pg_catalog.rpad('autopost tries the mapping ', 280, '.'), '{}', true, pg_catalog.now()
                );
            end if;
            if not found then
                raise exception 'a trigger of the platform keeps it out';
            end if;
            raise exception 'taken back' using errcode = 'AP001';
        exception
            -- Not a fault of the mapping: there may be no agent yet, and there is no such operation.
            when sqlstate 'AP001' or foreign_key_violation then
                null;
            when not_null_violation then
                if v_agent.id is not null or v_what = 'audit' then
                    v_problems := v_problems || pg_catalog.format('%s: %s', v_what, sqlerrm);
                end if;
            when lock_not_available then
                raise;
            when others then
                v_problems := v_problems || pg_catalog.format(
                    '%s: %s is refused: %s',
                    case v_what when 'audit' then 'audit_log' else 'social_posts' end,
                    case v_what when 'audit' then 'a row' else 'a post of type ' || v_what end,
                    sqlerrm
                );
        end;
    end loop;
    if v_problems <> '{}' then
        raise exception E'the mapping does not fit the platform:\n%',
        (select pg_catalog.string_agg('  ' || p.line, E'\n' order by p.place)
         from pg_catalog.unnest(v_problems) with ordinality as p (line, place))
        using hint = 'Nothing was changed.';
    end if;
end
$mapping$;
