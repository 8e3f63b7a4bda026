-- Hooks: their turns, what is wrong with them, and their dead letters.

alter table {{ schema }}.auto_post_positions
add column holder text,
add column held_until timestamptz,
add column failing_since timestamptz,
add column last_error text;

comment on column {{ schema }}.auto_post_positions.holder is 'A hook''s: which worker has its turn. NULL: none has.';
comment on column {{ schema }}.auto_post_positions.held_until is 'A hook''s: when the turn ends by itself.';
comment on column {{ schema }}.auto_post_positions.failing_since is
'A hook''s: since when its target has not taken what comes next. NULL: it does.';
comment on column {{ schema }}.auto_post_positions.last_error is 'A hook''s: what went wrong last, while it fails.';

-- What the target of a hook never took, to be looked at and sent again.
create table {{ schema }}.auto_post_hook_dead (
    hook text not null,
    position bigint not null,
    post_id text not null,
    tenant_id text,
    agent_id text,
    message text not null,
    error text not null,
    retry boolean not null default false,
    died_at timestamptz not null default now(),
    constraint auto_post_hook_dead_pkey primary key (hook, position)
);

comment on table {{ schema }}.auto_post_hook_dead is
'Dead letters of hooks: posts that a target refused or did not take for too long. auto_post_retry_hook sends them '
'again; retention removes them.';
comment on column {{ schema }}.auto_post_hook_dead.hook is 'The hook, by its name in the file of hooks.';
comment on column {{ schema }}.auto_post_hook_dead.position is 'The post''s place in the log of announcements.';
comment on column {{ schema }}.auto_post_hook_dead.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_hook_dead.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_hook_dead.agent_id is 'Who posted.';
comment on column {{ schema }}.auto_post_hook_dead.message is 'The post as it is announced, redacted as on the feed.';
comment on column {{ schema }}.auto_post_hook_dead.error is 'What it died of: an HTTP status, or the kind of trouble.';
comment on column {{ schema }}.auto_post_hook_dead.retry is 'True: it is to be sent once more.';
comment on column {{ schema }}.auto_post_hook_dead.died_at is 'When it was given up.';

-- Lets the dead letters of a hook be sent again, by whichever worker has its turn next; returns how many.
create or replace function {{ schema }}.auto_post_retry_hook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
begin
    update {{ schema }}.auto_post_hook_dead as d
    set retry = true
    where d.hook = p_hook and not d.retry;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        raise exception '%', case
            when exists (select from {{ schema }}.auto_post_hook_dead as d where d.hook = p_hook)
                then pg_catalog.format('the dead letters of %s are to be sent again already', p_hook)
            when exists (select from {{ schema }}.auto_post_positions as p where p.name = 'hook:' || p_hook)
                then pg_catalog.format('%s has no dead letters', p_hook)
            else pg_catalog.format('there is no hook %s', p_hook)
        end using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_record(
        'retry_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_hook(text) from public;

comment on function {{ schema }}.auto_post_retry_hook(text) is
'Lets the dead letters of a hook be sent again; returns how many. Refuses a hook that has none.';

-- Forgets a hook that no worker has any more: its place in the log, and its dead letters; returns how many of those.
create or replace function {{ schema }}.auto_post_forget_hook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
    v_places bigint;
begin
    delete from {{ schema }}.auto_post_positions as p
    where p.name = 'hook:' || p_hook;
    get diagnostics v_places = row_count;
    delete from {{ schema }}.auto_post_hook_dead as d
    where d.hook = p_hook;
    get diagnostics v_rows = row_count;
    if v_places + v_rows = 0 then
        raise exception 'there is no hook %', p_hook using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_record(
        'forget_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_forget_hook(text) from public;

comment on function {{ schema }}.auto_post_forget_hook(text) is
'Forgets a hook that no worker has any more, with its dead letters; returns how many of those.';

-- Removes what autopost holds of one agent or of one tenant: its outbox rows with their raw text, when it posted last,
-- and what of it was announced. A worker that holds one of the rows loses it. Of operation types and statuses the audit
-- rows have words only.
-- What still waits ends as skipped (purged), with its audit row. Posts and the audit log are the platform's and stay.
-- Returns how many outbox rows went. Their operations never count again. Locks them in the order of their ids.
create or replace function {{ schema }}.auto_post_purge(p_agent_id text default null, p_tenant_id text default null)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
begin
    if (p_agent_id is null) = (p_tenant_id is null) or coalesce(p_agent_id, p_tenant_id) = '' then
        raise exception 'give an agent or a tenant, and not both' using errcode = 'invalid_parameter_value';
    end if;
    with held as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id
        order by o.id
        for update
    ),

    gone as (
        delete from {{ schema }}.auto_post_outbox as o
        using held
        where o.id = held.id
        returning o.*
    ),

    remembered as (
        insert into {{ schema }}.auto_post_seen (id)
        select g.id from gone as g
        on conflict (id) do nothing
    ),

    ended as (
        insert into {{ schema }}.audit_log (
            id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
        )
        select
            pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), g.agent_id, 'auto_post.skipped',
            case when g.operation_type ~ '^[A-Za-z][A-Za-z0-9_.:-]{0,59}$' then g.operation_type end, g.tracker_id,
            case when g.status ~ '^[A-Za-z][A-Za-z_-]{0,39}$' then g.status end,
            pg_catalog.jsonb_build_object(
                'outcome', 'skipped', 'reason', 'purged', 'outbox_id', g.id, 'attempts', g.attempts,
                'by', session_user
            )
        from gone as g
        where g.state in ('pending', 'claimed')
    )

    select pg_catalog.count(*) into v_rows from gone;
    -- A statement of its own: it sees the windows of those for whom the first one waited.
    with windows as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where
            l.agent_id = p_agent_id
            or l.agent_id in (select a.id from {{ schema }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by l.agent_id
        for update
    )

    delete from {{ schema }}.auto_post_rate_limits as l
    using windows
    where l.agent_id = windows.agent_id;
    -- What was announced; what was not yet has its place in the feed and is.
    delete from {{ schema }}.auto_post_announcements as a
    where
        (a.agent_id = p_agent_id or a.tenant_id = p_tenant_id)
        and a.position <= (select pg_catalog.min(p.position) from {{ schema }}.auto_post_positions as p);
    delete from {{ schema }}.auto_post_hook_dead as d
    where d.agent_id = p_agent_id or d.tenant_id = p_tenant_id;
    perform {{ schema }}.auto_post_record(
        'purge', pg_catalog.jsonb_build_object('rows', v_rows, 'agent', p_agent_id, 'tenant', p_tenant_id)
    );
    return v_rows;
end
$$;

-- Part of auto_post_check: what PUBLIC and the two groups may do here, held against sql/roles/grants.sql.
create or replace function {{ schema }}.auto_post_check_rights()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with intended (group_name, privilege, objects) as (
        values
        (
            'auto_post_worker', 'SELECT',
            'agents auto_post_schema_version auto_post_compatibility auto_post_control auto_post_seen auto_post_pauses '
            'auto_post_outbox auto_post_rate_limits auto_post_workers auto_post_rules auto_post_reconciliation '
            'auto_post_announcements auto_post_positions auto_post_hook_dead'
        ),
        (
            'auto_post_worker', 'INSERT',
            'auto_post_rate_limits auto_post_workers social_posts audit_log auto_post_announcements '
            'auto_post_positions auto_post_hook_dead'
        ),
        (
            'auto_post_worker', 'UPDATE',
            'auto_post_pauses auto_post_outbox auto_post_rate_limits auto_post_workers auto_post_announcements '
            'auto_post_positions auto_post_hook_dead'
        ),
        ('auto_post_worker', 'DELETE', 'auto_post_workers auto_post_announcements auto_post_hook_dead'),
        (
            'auto_post_worker', 'EXECUTE',
            'auto_post_host_problems auto_post_reconcile auto_post_expire auto_post_place_announcements'
        ),
        (
            'auto_post_reader', 'SELECT',
            'agents social_posts audit_log auto_post_schema_version auto_post_compatibility auto_post_rules '
            'auto_post_control auto_post_pauses auto_post_workers auto_post_rate_limits auto_post_reconciliation '
            'auto_post_seen auto_post_health auto_post_dead auto_post_stuck auto_post_skips auto_post_mapping '
            'auto_post_announcements auto_post_positions auto_post_hook_dead'
        ),
        ('auto_post_reader', 'EXECUTE', 'auto_post_host_problems auto_post_outbox_id auto_post_story')
    ),

    groups as (
        select r.oid, r.rolname as name
        from pg_catalog.pg_roles as r
        where r.rolname in ('auto_post_worker', 'auto_post_reader')
    ),

    objects as (
        select
            c.relname as name, c.relacl as acl, c.oid::pg_catalog.regclass::text as shown, '' as kind
        from pg_catalog.pg_class as c
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relkind in ('r', 'p', 'v', 'S', 'f')
            and (
                c.relname like 'auto\_post\_%'
                or c.relname in ('agents', 'operation_trackers', 'social_posts', 'audit_log')
            )
        union all
        select
            p.proname, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
            p.oid::pg_catalog.regprocedure::text, 'function '
        from pg_catalog.pg_proc as p
        where p.pronamespace = '{{ schema }}'::pg_catalog.regnamespace and p.proname like 'auto\_post\_%'
    ),

    given as (
        select o.name, o.shown, o.kind, a.grantee, a.privilege_type as privilege
        from objects as o
        cross join pg_catalog.aclexplode(o.acl) as a
        where a.grantee = 0 or a.grantee in (select g.oid from groups as g)
        union all
        select c.relname, c.oid::pg_catalog.regclass::text, '', a.grantee, a.privilege_type || ' (' || t.attname || ')'
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and t.attacl is not null
        cross join pg_catalog.aclexplode(t.attacl) as a
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relname like 'auto\_post\_%'
            and (a.grantee = 0 or a.grantee in (select g.oid from groups as g))
            -- What a reader is to see of the outbox: all but the raw text.
            and not (
                a.grantee in (select g.oid from groups as g where g.name = 'auto_post_reader')
                and c.relname = 'auto_post_outbox'
                and a.privilege_type = 'SELECT'
                and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
            )
    ),

    public as (
        select
            g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from public;', g.privilege, g.kind, g.shown) as remedy
        from given as g
        -- A CHECK's function is called with the rights of whoever changes the row.
        where g.grantee = 0 and g.name like 'auto\_post\_%' and g.name <> 'auto_post_outbox_is_sound'
    ),

    beyond as (
        select
            r.name as group_name, g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from %s;', g.privilege, g.kind, g.shown, r.name)
            -- That takes the columns away too, which a reader is to see.
            || case
                when r.name = 'auto_post_reader' and g.privilege = 'SELECT' and g.name = 'auto_post_outbox' then
                    pg_catalog.format(' grant select (%s) on %s to auto_post_reader;', (
                        select pg_catalog.string_agg(t.attname, ', ' order by t.attnum)
                        from pg_catalog.pg_attribute as t
                        where
                            t.attrelid = pg_catalog.to_regclass('{{ schema }}.auto_post_outbox')
                            and t.attnum > 0 and not t.attisdropped
                            and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
                    ), g.shown)
                else ''
            end as remedy
        from given as g
        inner join groups as r on g.grantee = r.oid
        where
            g.name not like 'auto\_post\_check%'
            and not exists (
                select from intended as i
                where
                    i.group_name = r.name and i.privilege = g.privilege
                    and g.name = any(pg_catalog.string_to_array(i.objects, ' '))
            )
    ),

    below as (
        select i.group_name, i.privilege || ' on ' || n.name as what
        from intended as i
        cross join pg_catalog.string_to_table(i.objects, ' ') as n (name)
        inner join groups as r on i.group_name = r.name
        inner join objects as o on n.name = o.name
        where not exists (
            select from given as g where g.grantee = r.oid and g.privilege = i.privilege and g.shown = o.shown
        )
        union all
        select r.name, 'EXECUTE on ' || o.name
        from groups as r
        cross join objects as o
        where
            o.name like 'auto\_post\_check%'
            and not exists (select from given as g where g.grantee = r.oid and g.shown = o.shown)
        union all
        select 'auto_post_reader', 'SELECT (' || t.attname || ') on auto_post_outbox'
        from pg_catalog.pg_attribute as t
        inner join groups as r on r.name = 'auto_post_reader'
        where
            t.attrelid = pg_catalog.to_regclass('{{ schema }}.auto_post_outbox')
            and t.attnum > 0 and not t.attisdropped
            and t.attname not in ('what_explanation', 'why_explanation', 'next_steps', 'kept')
            and not pg_catalog.has_column_privilege(r.oid, t.attrelid, t.attnum, 'SELECT')
    )

    select
        case when pg_catalog.count(*) = 0 then 'ok' else 'problem' end, 'rights of PUBLIC',
        coalesce(pg_catalog.string_agg(p.what, ', ' order by p.what), 'none on what is autopost''s'),
        pg_catalog.string_agg(p.remedy, ' ' order by p.what)
    from public as p
    union all
    select
        case
            when not coalesce(g.has_any, false) then case n.name when 'auto_post_worker' then 'warning' else 'ok' end
            when m.what is null and b.what is null then 'ok'
            when b.what is not null then 'problem'
            else 'warning'
        end,
        'rights of ' || n.name,
        case
            when not coalesce(g.has_any, false) then
                case when g.has_any is null then 'there is no such role' else 'none in this schema' end
                || case n.name when 'auto_post_worker' then ': workers run with the rights of others' else '' end
            when m.what is null and b.what is null then 'as autopost sql grants gives them'
            else pg_catalog.concat_ws('; ', 'lacks ' || b.what, 'has beyond what it needs ' || m.what)
        end,
        case
            when not coalesce(g.has_any, false) and n.name = 'auto_post_reader' then null
            when not coalesce(g.has_any, false) or b.what is not null then
                pg_catalog.concat_ws(' ', 'autopost sql grants | psql "$DATABASE_URL"', '# and: ' || m.remedy)
            else m.remedy
        end
    from (values ('auto_post_worker'), ('auto_post_reader')) as n (name)
    left join (
        select r.name, exists (select from given as h where h.grantee = r.oid) as has_any
        from groups as r
    ) as g on n.name = g.name
    left join (
        select
            e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what,
            pg_catalog.string_agg(e.remedy, ' ' order by e.what) as remedy
        from beyond as e
        group by e.group_name
    ) as m on n.name = m.group_name
    left join (
        select e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what
        from below as e
        group by e.group_name
    ) as b on n.name = b.group_name
$$;

-- Part of auto_post_check: what waits, what nobody rescues, what died, what is parked, what is kept too long, and what
-- was not announced, and which hooks fail. Reads the two partial indexes, what is unfinished and what ended in the last
-- day, and the log of announcements from where its last reader is.
create or replace function {{ schema }}.auto_post_check_outbox(p_keep interval)
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with unfinished as (
        select
            pg_catalog.count(*) filter (where o.available_at < 'infinity') as waiting,
            pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - pg_catalog.min(o.captured_at) filter (
                where o.available_at < 'infinity'
            )) as age,
            pg_catalog.clock_timestamp() - pg_catalog.min(o.available_at) filter (
                where o.state = 'pending' and o.available_at < 'infinity'
            ) as overdue,
            pg_catalog.count(*) filter (
                where o.state = 'claimed' and o.available_at < pg_catalog.clock_timestamp() - interval '1 minute'
            ) as stuck,
            pg_catalog.count(*) filter (where o.available_at = 'infinity') as parked,
            pg_catalog.count(*) filter (
                where
                o.available_at = 'infinity'
                and not exists (
                    select from {{ schema }}.auto_post_pauses as p
                    where p.value = case p.kind when 'agent' then o.agent_id else o.operation_type end
                )
            ) as forgotten
        from {{ schema }}.auto_post_outbox as o
        where o.state in ('pending', 'claimed')
    ),

    control as (
        select pg_catalog.bool_or(c.paused) as is_paused from {{ schema }}.auto_post_control as c
    ),

    dead as (
        select pg_catalog.sum(d.operations) as operations, pg_catalog.string_agg(
            pg_catalog.format('%s %s', d.operations, d.last_error), ', ' order by d.operations desc
        ) as errors
        from (
            select o.last_error, pg_catalog.count(*) as operations
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at > pg_catalog.now() - interval '1 day' and o.state = 'dead'
            group by o.last_error
        ) as d
    ),

    oldest as (
        select pg_catalog.min(o.finished_at) as finished_at
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at is not null
    ),

    announcements as (
        select
            pg_catalog.count(*) as waiting,
            pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - pg_catalog.min(w.created_at)) as age,
            (
                select pg_catalog.string_agg(pg_catalog.replace(b.name, ':', ' '), ', ' order by b.name)
                from {{ schema }}.auto_post_positions as b
                where b.position < (select l.position from {{ schema }}.auto_post_positions as l where l.name = 'log')
            ) as behind
        from (
            select a.created_at from {{ schema }}.auto_post_announcements as a
            where a.position is null
            union all
            select a.created_at from {{ schema }}.auto_post_announcements as a
            where
                a.position > (
                    select pg_catalog.min(p.position) from {{ schema }}.auto_post_positions as p where p.name <> 'log'
                )
        ) as w
    ),

    hooks as (
        select
            pg_catalog.count(*) as hooks,
            pg_catalog.bool_or(p.failing_since < pg_catalog.clock_timestamp() - interval '1 minute') as is_failing,
            pg_catalog.string_agg(
                pg_catalog.format(
                    '%s fails for %s: %s', pg_catalog.substr(p.name, 6), pg_catalog.date_trunc(
                        'second', pg_catalog.clock_timestamp() - p.failing_since
                    ), p.last_error
                ), '; ' order by p.name
            ) filter (where p.failing_since is not null) as failing
        from {{ schema }}.auto_post_positions as p
        where p.name like 'hook:%'
    ),

    undelivered as (
        select
            pg_catalog.sum(d.letters) as letters, pg_catalog.string_agg(
                pg_catalog.format('%s of %s', d.letters, d.hook), ', ' order by d.hook
            ) as of_hooks
        from (
            select l.hook, pg_catalog.count(*) as letters
            from {{ schema }}.auto_post_hook_dead as l
            where l.died_at > pg_catalog.now() - interval '1 day'
            group by l.hook
        ) as d
    )

    select
        case
            when coalesce(u.overdue < interval '1 minute', true) then 'ok'
            when u.overdue < interval '10 minutes' or c.is_paused then 'warning'
            else 'problem'
        end,
        'waiting',
        case
            when u.waiting = 0 then 'nothing'
            else pg_catalog.format('%s, the oldest for %s', u.waiting, u.age)
        end,
        case
            when u.overdue < interval '1 minute' then null
            when c.is_paused then 'select {{ schema }}.auto_post_resume();'
            when u.overdue is not null then 'autopost run  # one more; what it is about: autopost sql waiting'
        end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.stuck = 0 then 'ok' when c.is_paused then 'warning' else 'problem' end, 'stuck',
        case
            when u.stuck = 0 then 'nothing'
            else pg_catalog.format('%s held by workers that are gone, and nobody took over', u.stuck)
        end,
        case when u.stuck > 0 then 'autopost run  # which they are: autopost sql stuck' end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.forgotten > 0 then 'problem' when u.parked > 0 then 'warning' else 'ok' end, 'parked',
        case
            when u.forgotten > 0 then pg_catalog.format('%s without a pause that holds them', u.forgotten)
            when u.parked > 0 then pg_catalog.format('%s until their pauses end', u.parked)
            else 'nothing'
        end,
        case
            when u.forgotten > 0 then
                'update {{ schema }}.auto_post_outbox set available_at = captured_at '
                'where state = ''pending'' and available_at = ''infinity'';'
            when u.parked > 0 then
                'select {{ schema }}.auto_post_resume(kind, value) from {{ schema }}.auto_post_pauses;'
        end
    from unfinished as u
    union all
    select
        case when d.operations > 0 then 'warning' else 'ok' end, 'dead letters',
        coalesce('in the last day: ' || d.errors, 'none in the last day'),
        case
            when d.operations > 0 then
                'select {{ schema }}.auto_post_retry_all();  -- first: select * from {{ schema }}.auto_post_dead'
        end
    from dead as d
    union all
    select
        case when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then 'warning' else 'ok' end,
        'retention',
        case
            when o.finished_at is null then 'nothing has finished'
            else pg_catalog.format(
                'the oldest finished row is of %s, and they are to stay for %s',
                pg_catalog.date_trunc('second', o.finished_at), p_keep
            )
        end,
        case
            when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then
                pg_catalog.format('select {{ schema }}.auto_post_expire(%L, 100000);', p_keep)
        end
    from oldest as o
    union all
    select
        case when a.age >= interval '1 minute' then 'warning' else 'ok' end, 'announcements',
        case
            when a.waiting = 0 then 'none wait'
            else pg_catalog.format('%s wait, the oldest for %s, for %s', a.waiting, a.age, coalesce(a.behind, 'a place'))
        end,
        case
            when a.age < interval '1 minute' then null
            when a.behind like '%carrier%' then
                'autopost run  # its log says what is wrong; SOCIAL_POST_BROADCAST is none now? then '
                'delete from {{ schema }}.auto_post_positions where name = ''carrier'';'
            when a.behind is not null then 'autopost hooks  # and: autopost hooks test NAME'
            when a.age is not null then 'autopost run'
        end
    from announcements as a
    union all
    select
        case when h.is_failing or u.letters > 0 then 'warning' else 'ok' end, 'hooks',
        coalesce(
            pg_catalog.concat_ws(
                '; ', h.failing, 'dead letters in the last day: ' || u.of_hooks
            ),
            ''
        ) || case
            when h.failing is null and u.letters is null then
                case when h.hooks = 0 then 'none' else pg_catalog.format('%s, and all deliver', h.hooks) end
            else ''
        end,
        case
            when h.is_failing or u.letters > 0 then
                'autopost hooks  # and: autopost hooks test NAME; what is dead is sent again by: autopost hooks retry NAME'
        end
    from hooks as h
    cross join undelivered as u
$$;
