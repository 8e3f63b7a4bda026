"""`autopost grant`: what the role may do is done, and what it may not is printed for an administrator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.host import Host, open_connection
from tests.support.roles import GROUPS, drop_roles, dsn_of, groups_locked, groups_of

RIGHT = "select has_table_privilege('auto_post_worker', 'autopost.auto_post_outbox', 'select')"
IN_GROUP = "select pg_has_role(%s, %s, 'member')"


@pytest.fixture
def owner(empty_database: str) -> Iterator[str]:
    """Return the owner of a platform and of autopost, who is no superuser and may create no roles."""
    with groups_locked(empty_database), open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        if groups_of(host):
            pytest.skip("this server has the groups of another installation")
        name = f"Owner {connection.info.backend_pid}"
        logins = [f"{name} worker", f"{name} reader"]
        try:
            host.execute(f'create role "{name}" login')
            host.execute(f'alter schema public owner to "{name}"')
            host.execute(f'grant create on database {connection.info.dbname} to "{name}"')
            migrate(load_settings(database_url=dsn_of(empty_database, user=name)))
            yield name
        finally:
            drop_roles(host, *logins, *GROUPS, name)


def test_role_that_may_create_none_prints_what_an_administrator_must_do(owner: str, empty_database: str) -> None:
    """Exit code 4; the statements are on stdout alone. Run by one who may, they let the same command end with 0."""
    dsn = dsn_of(empty_database, user=owner)
    arguments = ("grant", "--login", f"{owner} worker", "--reader", f"{owner} reader")
    first = autopost(*arguments, dsn=dsn)
    assert first.returncode == 4, first.stderr
    assert first.stdout.splitlines() == [
        "create role auto_post_worker nologin;",
        "create role auto_post_reader nologin;",
        f'create role "{owner} worker" login;  -- then its password: \\password "{owner} worker"',
        f'grant auto_post_worker to "{owner} worker";',
        f'create role "{owner} reader" login;  -- then its password: \\password "{owner} reader"',
        f'grant auto_post_reader to "{owner} reader";',
    ]
    assert "run the same `autopost grant` again" in " ".join(first.stderr.split())
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(first.stdout)
        assert host.value(RIGHT) is False
        second = autopost(*arguments, dsn=dsn)
        assert (second.returncode, second.stdout) == (0, ""), second.stderr
        assert host.value(RIGHT) is True
        assert host.rows("select 1 from autopost.auto_post_check_rights() where level <> 'ok'") == []
    used = autopost("status", dsn=dsn_of(empty_database, user=f"{owner} reader"))
    assert used.returncode == 0, used.stderr
    for group in GROUPS:
        assert f"{owner} {group.removeprefix('auto_post_')} is in {group}." in second.stderr


def test_role_that_may_create_roles_does_it_all_at_once(owner: str, empty_database: str) -> None:
    """With CREATEROLE, as on most managed servers; again, it changes nothing and ends with 0 as well."""
    dsn = dsn_of(empty_database, user=owner)
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(f'alter role "{owner}" createrole')
        for _ in range(2):
            done = autopost("grant", "--login", f"{owner} worker", dsn=dsn)
            assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert host.value(IN_GROUP, (f"{owner} worker", "auto_post_worker")) is True
        assert host.value("select rolcanlogin from pg_roles where rolname = %s", (f"{owner} worker",)) is True
        # GRANT on what is another's is an error, or only a warning where the role has a right without grant option.
        host.execute("revoke select on social_posts from auto_post_reader; alter table social_posts owner to postgres")
        for right, said in (
            ("", "permission denied"),
            ("select, insert", "auto_post_reader: lacks SELECT on social_posts"),
        ):
            if right:
                host.execute("revoke select on social_posts from auto_post_reader")
                host.execute(f'grant {right} on social_posts to "{owner}"')
            left = autopost("grant", dsn=dsn)
            assert (left.returncode, said in left.stderr) == (4, True), left.stderr
            assert left.stdout.startswith("-- As the owner of autopost's objects and of the platform's tables")
            host.execute(left.stdout)
            assert host.rows("select 1 from autopost.auto_post_check_rights() where level <> 'ok'") == []
        host.execute(f'alter table social_posts owner to "{owner}"')


def test_name_that_is_none_and_schema_that_is_missing_are_named(empty_database: str) -> None:
    """Before anything is done."""
    for arguments in (("--login", ""), ("--reader", "x" * 64)):
        refused = autopost("grant", *arguments, dsn=empty_database)
        assert (refused.returncode, "1 to 63 bytes" in refused.stderr) == (2, True), refused.stderr
    refused = autopost("grant", dsn=empty_database)
    assert (refused.returncode, "autopost migrate" in refused.stderr) == (4, True), refused.stderr
