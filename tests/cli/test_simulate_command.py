"""`simulate`: load for a trial, beside nothing else or with somebody's consent, and nothing left behind."""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.support.command_line import Terminal, autopost, terminal
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.work import worker_process

SHORT = ("--rate", "40", "--agents", "4", "--duration", "1")
FAST = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.5"}


def test_simulated_operations_are_posted_counted_and_removed(host: Host, database: str, processes: Crew) -> None:
    """Every operation is in one of the counts, planted data is redacted, and cleaning leaves the audit log alone."""
    with worker_process(database, processes, **FAST):
        until(lambda: host.value("select count(*) from auto_post_workers") == 1, what="the worker's start")
        result = autopost("simulate", *SHORT, "--json", dsn=database)
    assert result.returncode == 0, result.stderr
    figures = json.loads(result.stdout)
    assert figures["operations"] == 40
    assert figures["posted"] + figures["skipped"] + figures["dead"] + figures["insignificant"] == 40
    assert figures["posted"] == len(host.posts()) >= 4
    assert figures["reasons"] == {"rate_limited": figures["skipped"]}
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert 8 < figures["rate_reached"] <= 40
    assert "@example.com" not in str(host.posts())
    assert all(row["id"].startswith("autopost-sim-") for row in host.rows("select id from operation_trackers"))
    audited = len(host.audit())
    result = autopost("simulate", "--clean", "--yes", dsn=database)
    assert result.stdout.startswith(f"40 operations, {figures['posted']} posts, 4 agents, ")
    assert (host.posts(), host.outbox()) == ([], [])
    assert host.rows("select id from operation_trackers union all select id from agents") == []
    assert len([row for row in host.audit() if row["action"] != "auto_post.purge"]) == audited


def test_without_a_worker_it_says_so_and_counts_what_waits(host: Host, database: str) -> None:
    """For people: a line for each count, and how to clean up."""
    result = autopost("simulate", *SHORT, "--wait", "0", dsn=database)
    assert result.returncode == 0
    assert "no worker is alive" in result.stderr
    assert f"{host.waiting()}  waiting" in result.stdout
    assert "autopost simulate --clean removes what simulations made." in result.stderr


def test_cleaning_leaves_what_is_not_a_simulations(host: Host, database: str) -> None:
    """Operations, agents and posts of the platform's own."""
    host.agent()
    host.complete("real")
    host.execute("insert into social_posts values ('p', 't', 'person', 'ada', 'status', 'Hello', '{}', true)")
    assert autopost("simulate", *SHORT, "--yes", "--wait", "0", dsn=database).returncode == 0
    assert autopost("simulate", "--clean", "--yes", dsn=database).returncode == 0
    assert [row["id"] for row in host.rows("select id from operation_trackers")] == ["real"]
    assert [row["tracker_id"] for row in host.outbox()] == ["real"]
    assert [row["id"] for row in host.rows("select id from agents")] == ["ada"]
    assert [post["id"] for post in host.posts()] == ["p"]


def test_beside_real_operations_it_asks(host: Host, database: str) -> None:
    """And does nothing where nobody can answer, or somebody says no."""
    host.complete("real")
    result = autopost("simulate", *SHORT, dsn=database)
    assert result.returncode == 2
    assert "pass --yes" in result.stderr
    with terminal("simulate", *SHORT, dsn=database) as screen:
        screen.until("[y/N]")
        screen.type("n\n")
        assert screen.end() == 1
    assert [row["id"] for row in host.rows("select id from operation_trackers")] == ["real"]


def test_terminal_shows_a_bar_and_ctrl_c_ends_it_with_the_figures_until_then(host: Host, database: str) -> None:
    """With 130, what runs on, and how to remove what was made; what was begun is brought to its end."""
    with terminal("simulate", "--rate", "20", "--duration", "60", dsn=database) as screen:
        screen.until("━")
        until(lambda: host.value("select count(*) from operation_trackers") > 5)
        screen.interrupt()
        assert screen.end() == 130
        begun = host.value("select count(*) from operation_trackers")
        said = " ".join(re.sub(r"\x1b\[[0-9;?]*\w", "", screen.shown).split())
        assert f"{begun} operations " in said
        assert f" {host.waiting()} waiting " in said
        assert re.search(
            r"Ended by Ctrl-C: what was begun is done; \d+ operations? waits? in the outbox, and work", said
        )
        assert "autopost simulate --clean" in said
        assert "Traceback" not in screen.shown
    assert host.value("select count(*) from operation_trackers where status = 'running'") == 0
    result = autopost("simulate", *SHORT, "--wait", "0", dsn=database)
    assert result.returncode == 0, "another simulation's rows are no reason to ask"


def test_second_ctrl_c_ends_it_at_once(host: Host, database: str) -> None:
    """Where what was begun cannot be ended: somebody holds the table."""
    with terminal("simulate", "--rate", "20", "--duration", "60", dsn=database) as screen:
        until(lambda: host.value("select count(*) from operation_trackers") > 5)
        with host.connection.transaction():
            host.execute("lock table operation_trackers in share mode")
            screen.interrupt()
            until(lambda: _ends_when_interrupted_again(screen))
            assert screen.end() == 130
        assert "Traceback" not in screen.shown


def _ends_when_interrupted_again(screen: Terminal) -> bool:
    """Press Ctrl-C a while after the last one: two that come while a process does not run are one."""
    time.sleep(0.5)
    screen.interrupt()
    return screen.process.poll() is not None


def test_cleaning_says_how_much_it_removes_and_asks(host: Host, database: str) -> None:
    """It refuses where nobody can answer, and does not ask where there is nothing."""
    result = autopost("simulate", "--clean", dsn=database)
    assert result.stdout == "0 operations, 0 posts, 0 agents, 0 outbox rows removed; the audit log stays.\n"
    assert autopost("simulate", *SHORT, "--wait", "0", dsn=database).returncode == 0
    much = f"Remove 40 operations, 0 posts, 4 agents, {host.waiting()} outbox rows?"
    result = autopost("simulate", "--clean", dsn=database, COLUMNS="200")
    assert result.returncode == 2
    assert f"{much} Not a terminal: pass --yes to confirm" in result.stderr
    with terminal("simulate", "--clean", dsn=database) as screen:
        screen.until(f"{much} [y/N]")
        screen.type("n\n")
        assert screen.end() == 1
    assert host.value("select count(*) from operation_trackers") == 40


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("alter table operation_trackers add column cost numeric not null", "operation_trackers.cost must be given"),
        (
            "alter table operation_trackers alter column tenant_id type integer using null",
            "operation_trackers.tenant_id is integer, and a simulation writes text",
        ),
        (
            "create type mood as enum ('calm'); alter table agents alter column category type mood using null",
            "agents.category is mood",
        ),
        (
            "alter table operation_trackers add constraint t_check check (status = 'ready')",
            "the platform's table refuses simulated operations:",
        ),
    ],
)
def test_table_that_it_cannot_fill_is_refused_by_name(host: Host, database: str, change: str, said: str) -> None:
    """Before anything is written, or when the platform says no."""
    host.execute(change)
    result = autopost("simulate", *SHORT, dsn=database)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert host.rows("select id from operation_trackers") == []


def test_too_much_is_a_usage_error(database: str) -> None:
    """A slip of a zero does not fill the platform's table."""
    assert autopost("simulate", "--rate", "1000", "--duration", "1000", dsn=database).returncode == 2
    assert autopost("simulate", "--rate", "0", dsn=database).returncode == 2
