"""`migrate` downwards: it asks before it drops what has no outcome yet, and upwards it never asks."""

from __future__ import annotations

import psycopg
import pytest

from tests.acceptance.command_line import autopost, terminal
from tests.acceptance.test_looking_commands import kill
from tests.host import Host

QUESTION = "The outbox holds operations that were not posted: 2 waiting and 1 dead. Drop them with it?"


def is_there(dsn: str) -> bool:
    """Tell whether there is an outbox."""
    with psycopg.connect(dsn) as connection:
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
        assert "autopost is removed from schema public." in screen.shown
    assert not is_there(database)


@pytest.mark.parametrize("target", ["base", "0001_host_tables"])
def test_removal_needs_a_yes_where_nobody_can_answer(waiting: Host, database: str, target: str) -> None:
    """Exit code 2, and nothing has changed."""
    result = autopost("migrate", "--to", target, dsn=database, COLUMNS="200")
    assert result.returncode == 2
    assert f"{QUESTION} Give --yes where nobody can answer" in result.stderr
    assert waiting.waiting() == 2
    assert autopost("migrate", "--to", target, "--yes", dsn=database).returncode == 0
    assert not is_there(database)


def test_removal_does_not_ask_where_nothing_waits(host: Host, database: str) -> None:
    """What is dead has its outcome; and where nothing is installed there is nothing to lose."""
    host.complete()
    kill(host, "op")
    for _ in range(2):
        result = autopost("migrate", "--to", "base", dsn=database)
        assert (result.returncode, result.stdout) == (0, "autopost is removed from schema public.\n"), result.stderr


def test_migration_that_keeps_the_outbox_does_not_ask(waiting: Host, database: str) -> None:
    """Down to a revision that has one, and up."""
    for arguments in (["--to", "0005_lock_order"], []):
        result = autopost("migrate", *arguments, dsn=database)
        assert result.returncode == 0, result.stderr
    assert waiting.waiting() == 2
