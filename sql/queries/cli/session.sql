-- This connection, and what its role is to autopost. has_objects: something of autopost's is in the schema ($1).
select
    current_setting('server_version') as server_version,
    current_database() as database,
    current_user as role,
    coalesce(host(inet_server_addr()) || ' port ' || inet_server_port(), 'unix socket') as address,
    coalesce((select s.version from pg_stat_ssl as s where s.pid = pg_backend_pid()), 'no TLS') as tls,
    pg_is_in_recovery() as in_recovery,
    coalesce((
        select pg_has_role(r.oid, 'USAGE') from pg_roles as r
        where r.rolname = 'auto_post_worker'
    ), false) as is_worker,
    coalesce((
        select pg_has_role(r.oid, 'USAGE') from pg_roles as r
        where r.rolname = 'auto_post_reader'
    ), false) as is_reader,
    (
        select count(*) > 0 from pg_class as c
        where
            c.relnamespace = to_regnamespace(quote_ident($1))
            and c.relname like 'auto\_post\_%'
            and c.relname not like 'auto\_post\_schema\_version%'
    ) as has_objects
