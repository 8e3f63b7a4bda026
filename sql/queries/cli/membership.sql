-- Returns whether a role ($1) and a group ($2) exist, whether the one is a member of the other, and both names as SQL
-- needs them.
select
    exists(select from pg_roles as r where r.rolname = $1::text) as has_role,
    exists(select from pg_roles as r where r.rolname = $2::text) as has_group,
    exists(
        select
        from pg_auth_members as m
        inner join pg_roles as r on m.member = r.oid
        inner join pg_roles as g on m.roleid = g.oid
        where r.rolname = $1::text and g.rolname = $2::text
    ) as is_member,
    quote_ident($1::text) as role,
    quote_ident($2::text) as "group"
