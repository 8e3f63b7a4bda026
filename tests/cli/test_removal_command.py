"""`migrate` downwards: it asks before it drops what has no outcome yet, and upwards it never asks."""

from __future__ import annotations

import pytest

from tests.cli.test_looking_commands import kill
from tests.support.command_line import autopost, terminal
from tests.support.host import Host, open_connection

QUESTION = "The outbox holds operations that were not posted: 2 waiting and 1 dead. Drop them?"


def is_there(dsn: str) -> bool:
    """Return whether there is an outbox."""
    with open_connection(dsn) as connection:
        return connection.execute("select to_regclass('auto_post_outbox')").fetchone() != (None,)


@pytest.fixture
def waiting(host: Host) -> Host:
    """Return a platform with two operations that wait and one that is dead."""
    for name in ("a", "b", "dead"):
        host.complete(name)
    kill(host, "dead")
    return host


def test_removal_asks_before_it_drops_what_waits(waiting: Host, database: str) -> None:
    """With how much it is; a no leaves all as it was."""
    with terminal("migrate", "--to", "base", dsn=database) as screen:
        screen.until(f"{QUESTION} [y/N]")
        screen.type("n\n")
        assert screen.end() == 1
    assert waiting.waiting() == 2
    with terminal("migrate", "--to", "base", dsn=database) as screen:
        screen.until("[y/N]")
        screen.type("y\n")
        assert screen.end() == 0
        assert "autopost is removed from schema autopost." in screen.shown
    assert not is_there(database)


def test_removal_needs_a_yes_where_nobody_can_answer(waiting: Host, database: str) -> None:
    """Exit code 2, and nothing has changed."""
    result = autopost("migrate", "--to", "base", dsn=database, COLUMNS="200")
    assert result.returncode == 2
    assert f"{QUESTION} Not a terminal: pass --yes to confirm" in result.stderr
    assert waiting.waiting() == 2
    assert autopost("migrate", "--to", "base", "--yes", dsn=database).returncode == 0
    assert not is_there(database)


def test_removal_does_not_ask_where_nothing_waits(host: Host, database: str) -> None:
    """What is dead has its outcome; and where nothing is installed there is nothing to lose."""
    host.complete()
    kill(host, "op")
    for _ in range(2):
        result = autopost("migrate", "--to", "base", dsn=database)
        assert (result.returncode, result.stdout) == (0, "autopost is removed from schema autopost.\n"), result.stderr


def test_migration_that_keeps_the_outbox_does_not_ask(waiting: Host, database: str) -> None:
    """Down to a revision that has one, and up."""
    for arguments in (["--to", "0001_outbox"], ["--yes"]):  # up as a superuser, about which it does ask
        result = autopost("migrate", *arguments, dsn=database)
        assert result.returncode == 0, result.stderr
    assert waiting.waiting() == 2


@pytest.fixture
def log(host: Host) -> Host:
    """Return a platform whose carrier has read two posts of three, of which one has no place yet, and a hook the first.

    The hook has a dead letter, too.
    """
    for post, position in (("a", 1), ("b", 2), ("c", None)):
        host.execute(
            "insert into auto_post_events (post_id, position, post_type, content, created_at) "
            "values (%s, %s, 'status', 'Done.', now())",
            (post, position),
        )
    host.execute("update auto_post_consumers set position = 2 where name = 'log'")
    host.execute("insert into auto_post_consumers (name, position) values ('transport', 2), ('webhook:out', 1)")
    host.execute(
        "insert into auto_post_webhook_dead_letters (hook, position, post_id, message, error) "
        "values ('out', 1, 'a', '', '')"
    )
    return host


@pytest.mark.parametrize(
    ("position", "target", "question"),
    [
        (1, "base", "2 posts that were not broadcast to all and 1 dead letter of a webhook"),
        (1, "0001_outbox", "2 posts that were not broadcast to all and 1 dead letter of a webhook"),
        (2, "0001_outbox", "1 post that was not broadcast to all and 1 dead letter of a webhook"),
    ],
)
def test_removal_asks_before_it_drops_what_a_reader_waits_for(
    log: Host, database: str, position: int, target: str, question: str
) -> None:
    """From the first revision on that has no hooks."""
    log.execute("update auto_post_consumers set position = %s where name = 'webhook:out'", (position,))
    result = autopost("migrate", "--to", target, dsn=database, COLUMNS="200")
    assert result.returncode == 2
    assert f"The event log holds {question}. Drop them? Not a terminal: pass --yes" in result.stderr
    assert autopost("migrate", "--to", target, "--yes", dsn=database).returncode == 0


@pytest.mark.parametrize(("reader", "target"), [("transport", "0001_outbox"), ("nobody", "base")])
def test_removal_does_not_ask_for_what_stays_or_nobody_waits_for(
    log: Host, database: str, reader: str, target: str
) -> None:
    """A carrier keeps its place below the hooks; without a reader nothing is unread; a dead letter has its end."""
    log.execute("delete from auto_post_consumers where name not in ('log', %s)", (reader,))
    result = autopost("migrate", "--to", target, dsn=database)
    assert result.returncode == 0, result.stderr
