-- Returns the current role, whether it is a superuser, and the owner of the platform's table of operations ($1) where
-- the role has rights which that owner lacks; NULL otherwise, and where there is no such table.
select
    r.rolname as role_name,
    r.rolsuper as is_superuser,
    case
        when c.relowner <> r.oid and not pg_has_role(c.relowner, r.oid, 'MEMBER') then pg_get_userbyid(c.relowner)
    end as table_owner
from pg_roles as r
left join pg_class as c on c.oid = to_regclass($1)
where r.rolname = current_user
