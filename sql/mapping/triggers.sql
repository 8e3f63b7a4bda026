-- The tables on which a trigger of autopost is missing, is another than it should be, or should not be. One that a DBA
-- disabled stays disabled.
with recursive expected as (
    select
        o.qualified, pg_catalog.to_regclass(o.qualified)::oid as relid,
        pg_catalog.to_regprocedure(o.capture)::oid as function,
        array(
            select pg_catalog.btrim(c.name, ' "') from pg_catalog.string_to_table(o.status_columns, ',') as c (name)
        ) as columns
    from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
),

tables as (
    select e.relid, e.function from expected as e
    union
    select i.inhrelid, t.function from pg_catalog.pg_inherits as i inner join tables as t on i.inhparent = t.relid
)

select e.qualified
from expected as e
where
    not exists (
        select from pg_catalog.pg_trigger as t
        where
            t.tgrelid = e.relid and t.tgfoid = e.function and t.tgtype = 21 and t.tgqual is null
            and e.columns <@ array(
                select a.attname::text from pg_catalog.pg_attribute as a
                where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr::smallint[])
            )
    )
union
select t.tgrelid::pg_catalog.regclass::text
from pg_catalog.pg_trigger as t
where
    t.tgfoid in {{ captures }} and t.tgparentid = 0
    and not exists (select from tables as u where u.relid = t.tgrelid and u.function = t.tgfoid)
union
select v.view_name
from (values {{ views }}) as v (view_name, qualified)
where
    v.view_name in ('{{ schema }}.social_posts', '{{ schema }}.audit_log')
    and not exists (
        select from pg_catalog.pg_trigger as t
        where t.tgrelid = pg_catalog.to_regclass(v.view_name) and t.tgname = 'auto_post_insert'
    )
