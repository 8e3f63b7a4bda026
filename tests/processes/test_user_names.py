"""Full names of the platform's users, read from a table of its database."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from structlog.testing import capture_logs

from autopost.cli.checking import run_check
from autopost.database.connection import connect
from autopost.errors import ConfigurationError
from autopost.processes import user_names, worker_process
from autopost.processes.user_names import names_at_start, read_names, reload_names
from autopost.settings import Settings, load_settings
from tests.support.command_line import autopost
from tests.support.host import Host
from tests.support.roles import dsn_of, groups
from tests.support.work import eventually, working

USERS = """
create table users (id int primary key, first_name text, last_name text, full_name text);
insert into users values (1, 'Anna', 'Berg', 'Anna Berg'), (2, 'Carl', null, 'Carl'), (3, null, null, null)
"""


@pytest.fixture
def users(host: Host) -> Host:
    """Return a host with a table of users."""
    for statement in USERS.split(";"):
        host.execute(statement)
    return host


async def names_in(place: str, database: str) -> list[str]:
    """Return the names that a worker would read at its start."""
    given = load_settings(database_url=database, redact_names_table=place)
    connection = await connect(given, "test")
    try:
        return sorted(await names_at_start(connection, given))
    finally:
        await connection.close()


async def test_names_are_those_of_a_column_or_several(users: Host, database: str) -> None:
    """Joined by a space; rows without a name do not count."""
    assert await names_in("users.full_name", database) == ["Anna Berg", "Carl"]
    assert await names_in("public.USERS.first_name+last_name", database) == ["Anna Berg", "Carl"]


async def test_names_may_be_in_another_schema_and_quoted(users: Host, database: str) -> None:
    """As ORMs name their tables."""
    users.execute('create schema "App"')
    users.execute('create table "App"."User" ("full.name" text, "a+b" text)')
    users.execute("""insert into "App"."User" values ('Eva', 'Falk')""")
    assert await names_in('"App"."User"."full.name"+"a+b"', database) == ["Eva Falk"]
    users.execute('create view "App"."user" as select full_name as "order" from public.users where id = 1')
    assert await names_in('"App".user.order', database) == ["Anna Berg"]


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("nobody.name", 'relation "public.nobody" does not exist'),
        ("users.surname", "column t.surname does not exist"),
        ("app.users.name", 'relation "app.users" does not exist'),
    ],
)
def test_worker_does_not_start_without_the_names(users: Host, database: str, place: str, problem: str) -> None:
    """Exit code 2: what it would post could hold any of them."""
    result = autopost("run", dsn=database, SOCIAL_POST_REDACT_NAMES_TABLE=place)
    assert result.returncode == 2
    assert f"SOCIAL_POST_REDACT_NAMES_TABLE: got {place!r}; {problem}" in result.stderr
    assert "Traceback" not in result.stderr


async def test_missing_right_is_named_with_the_grant(users: Host, database: str) -> None:
    """At the start, and by the check beforehand; what the check advises puts it right."""
    with groups(users, database) as roles:
        dsn = dsn_of(database, user=roles["worker"])
        with pytest.raises(
            ConfigurationError, match=r"denied for table users: grant usage on schema .* to \"auto_post_w"
        ):
            await names_in("users.full_name", dsn)
        settings = load_settings(database_url=dsn, llm_enabled=False, redact_names_table="users.full_name")
        (found,) = [finding for finding in await run_check(settings) if finding.subject == "names"]
        assert (str(found.level), found.finding) == (
            "problem",
            "permission denied for table users: workers of this role do not start",
        )
        users.execute(found.advice or "")
        (found,) = [finding for finding in await run_check(settings) if finding.subject == "names"]
        assert (str(found.level), found.finding) == ("ok", "2 in users.full_name")


@pytest.mark.parametrize(
    ("place", "level", "finding"),
    [
        ("users.surname", "problem", "column t.surname does not exist: workers with this environment do not start"),
        ("nobody.name", "warning", "0 in nobody.name, unless row-level security hides them from "),
        (None, None, ""),
    ],
)
async def test_check_says_how_the_names_are(
    users: Host, database: str, place: str | None, level: str | None, finding: str
) -> None:
    """Where a table is set."""
    users.execute("create table nobody (name text)")
    findings = await run_check(load_settings(database_url=database, redact_names_table=place))
    found = [row for row in findings if row.subject == "names"]
    assert [str(row.level) for row in found] == ([level] if level else [])
    assert all(row.finding.startswith(finding) for row in found)


async def test_table_with_too_many_names_is_refused(users: Host, database: str) -> None:
    """It is another one than the one that is meant."""
    users.execute(
        "create table messages as select 'message ' || n as body from generate_series(1, %s) as n",
        (user_names.MAX_NAMES + 1,),
    )
    with pytest.raises(ConfigurationError, match="holds more names than allowed, which is 500,000"):
        await names_in("messages.body", database)


async def test_worker_posts_no_name_of_the_table(users: Host, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are added while it runs are redacted, too."""
    monkeypatch.setattr(worker_process, "reload_names", partial(reload_names, every_seconds=0.1))
    users.agent()
    given = load_settings(
        database_url=database, redact_names_table="users.full_name", llm_enabled=False, poll_seconds=0.2
    )
    async with working(given):
        users.complete("first", what="Saw berg, anna and zorin quell")
        await eventually(lambda: users.waiting() == 0)
        assert users.posts()[0]["content"] == "Just finished workflow_execute! Saw <PERSON> and zorin quell #automation"
        users.execute("insert into users (id, full_name) values (4, 'Zorin Quell')")

        async def thanked() -> str:
            users.age_posts("1 hour")
            number = len(users.posts())
            users.complete(f"op{number}", what="Saw zorin quell")
            await eventually(lambda: users.waiting() == 0)
            return str(users.posts()[-1]["content"])

        async with asyncio.timeout(60):
            while "<PERSON>" not in await thanked():
                pass


async def test_names_stay_when_the_table_goes_or_is_empty(users: Host, database: str) -> None:
    """What was known stays known, and one line of the log says why; when it is back, it counts again."""
    given = load_settings(database_url=database, redact_names_table="users.full_name")
    connection = await connect(given, "test")
    learnt: list[list[str]] = []
    with capture_logs() as lines:
        task = asyncio.create_task(
            reload_names(connection, given, ["Anna Berg"], lambda names: learnt.append([*names]), every_seconds=0.02)
        )
        try:
            await eventually(lambda: learnt)
            users.execute("alter table users rename to gone")
            await eventually(lambda: lines)
            users.execute("alter table gone rename to users")
            count = len(learnt)
            await eventually(lambda: len(learnt) > count)
            users.execute("delete from users")
            await eventually(lambda: len(lines) == 2)
            count = len(learnt)
            users.execute("insert into users (id, full_name) values (9, 'Eva Falk')")
            await eventually(lambda: len(learnt) > count)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await connection.close()
    assert [line["error"] for line in lines] == ["UndefinedTableError 42P01", "ConfigurationError"]
    assert learnt[-1] == ["Eva Falk"]
    assert all(learnt)


async def test_no_table_means_no_names(host: Host, settings: Settings) -> None:
    """And no question to the database."""
    connection = await connect(settings, "test")
    await connection.close()
    assert await read_names(connection, settings) == []
