"""What status, dashboard and metrics share: statements that are bounded, and figures and outcomes that add up."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from autopost.database.connection import create_pool
from autopost.database.folders import sql_folder
from autopost.database.sql import query
from autopost.outbox.outcomes import MOST_ROWS, NewOutcomes
from autopost.outbox.reading import (
    MOST_PAUSES,
    MOST_ROWS_COUNTED,
    MOST_ROWS_FOR_DEAD_LETTERS,
    MOST_WORKERS,
    read_dead_letters,
    read_figures,
    read_totals,
)
from autopost.outbox.statements import Statements
from autopost.settings import Settings
from tests.conftest import Server
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.thoroughness import THOROUGH
from tests.support.web.filling import bury, fill, post

FINISHED_ROWS = 200_000 if THOROUGH else 100_000
MIDDLE_ID = f"a{FINISHED_ROWS // 2}"
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 9000))
ACTIONS = {"pause", "resume", "retry", "skip"}
# With what each is run: by the command line and for metrics (generic plans), and by the dashboard (plans of its own).
GENERIC: dict[str, tuple[Any, ...]] = {
    "dead_letters": (20, MOST_ROWS_FOR_DEAD_LETTERS),
    "latency": (MOST_ROWS_COUNTED,),
    "minutes": (MOST_ROWS_COUNTED,),
    "outcomes": (FIRST, LAST, "", None, None, False, 20, MOST_ROWS, "{seen}", None, None, None),
    "open_approvals": (FIRST, 50, None, None, None),
    "pauses": (MOST_PAUSES,),
    "queue": (MOST_ROWS_COUNTED, MOST_ROWS_COUNTED),
    "reasons": (MOST_ROWS_COUNTED,),
    "summary": (FIRST, LAST, MOST_ROWS_COUNTED, 5_000, None, None, None),
    "totals": (MOST_ROWS_COUNTED,),
    "workers": (MOST_WORKERS,),
    "writers": (MOST_ROWS_COUNTED,),
}
CUSTOM = GENERIC | {
    "outcomes": (FIRST, LAST, "", "agent1", True, True, 41, 5_000, "{}", None, None, None),
    "queue": (MOST_ROWS_COUNTED, 0),
}
ANY = (None, None, True, 41, 5_000, "{}")
# What the pages of the dashboard read: the statement, what it is given, and how many rows of LARGE it may read.
PAGES: dict[str, tuple[str, tuple[object, ...], int]] = {
    "the newest": ("outbox/outcomes", (FIRST, LAST, "", *ANY, None, None, None), 200),
    "in the middle": ("outbox/outcomes", (FIRST, "MIDDLE_AT", MIDDLE_ID, *ANY, None, None, None), 200),
    "one agent": ("outbox/outcomes", (FIRST, LAST, "", "agent3", *ANY[1:], None, None, None), 10_000),
    "a text": ("outbox/outcomes", (FIRST, LAST, "", *ANY, None, None, "nothing has it"), 15_000),
    "a tenant": ("outbox/outcomes", (FIRST, LAST, "", *ANY, "nobody", None, None), 15_000),
    "newer": ("web/newer", ("MIDDLE_AT", LAST, MIDDLE_ID, *ANY, None, None, None), 200),
    "newer with a text": ("web/newer", ("MIDDLE_AT", LAST, MIDDLE_ID, *ANY, None, None, "nothing has it"), 15_000),
    "the horizon": ("web/horizon", (LAST, "", 5_000), 5_100),
    "agents": ("web/agents", (20_000, 5_000, None), 20_000),
    "choices": ("web/choices", (20_000, 100, None), 40_000),
    "a post": ("web/post", ("MIDDLE",), 10),
    "documents": ("feed/posts", (None, None, 50, 5_000, None, LAST, ""), 5_100),
}
LARGE = ("auto_post_outbox", "audit_log", "social_posts")


@pytest.fixture(scope="module")
def many(server: Server, template: str) -> Iterator[str]:
    """Return a database with many finished rows, outcomes and posts, of which few are of the last hour."""
    name = f"autopost_many_{os.getpid()}"
    with server.janitor(name, template=template):
        dsn = server.dsn(name)
        with open_connection(dsn, autocommit=True) as connection:
            fill(Host(connection), FINISHED_ROWS, gap_seconds=2)
            for table in LARGE:
                connection.execute(f"vacuum analyze {table}".encode())
        yield dsn


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a node of a plan and all below it."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def test_every_shared_statement_is_in_the_list() -> None:
    """A new file is tested below."""
    assert {path.stem for path in (sql_folder() / "queries" / "outbox").glob("*.sql")} == {*GENERIC, *ACTIONS}


@pytest.mark.parametrize("name", GENERIC)
def test_each_read_has_a_limit_on_what_it_reads(name: str) -> None:
    """The number of rows is a parameter, of the innermost query where there are several."""
    text = query(f"outbox/{name}", SCHEMAS)
    large = [table for table in LARGE if f"from public.{table}" in text]
    limits = re.findall(r"limit \$\d", text)
    assert len(limits) >= max(1, len(large))


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", GENERIC)
def test_no_read_scans_a_large_table(many: str, name: str, mode: str) -> None:
    """Beside all finished rows; by the plan that the command line gets, and by that of the dashboard."""
    arguments = (GENERIC if mode == "force_generic_plan" else CUSTOM)[name]
    with open_connection(many) as connection:
        connection.execute(f"set plan_cache_mode = {mode}".encode())
        connection.execute(f"prepare reading as {query(f'outbox/{name}', SCHEMAS)}".encode())
        given = ", ".join("null" if argument is None else f"'{argument}'" for argument in arguments)
        row = connection.execute(f"explain (format json) execute reading ({given})".encode()).fetchone()
    assert row is not None
    scanned = [node["Relation Name"] for node in nodes(row[0][0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    assert [table for table in scanned if table in LARGE] == [], row[0]


@pytest.mark.parametrize("case", PAGES)
def test_no_page_reads_more_than_its_share_of_a_long_feed(many: str, case: str) -> None:
    """By indexes alone, whatever is asked for: what a page reads does not grow with the feed."""
    name, arguments, most = PAGES[case]
    with open_connection(many) as connection:
        middle = connection.execute("select occurred_at, post_id from audit_log where id = %s", (MIDDLE_ID,)).fetchone()
        assert middle is not None
        stand_ins = {"MIDDLE_AT": middle[0], "MIDDLE": middle[1]}
        values = [stand_ins.get(str(argument), argument) for argument in arguments]
        given = ", ".join("null" if value is None else f"'{value}'" for value in values)
        connection.execute(b"set plan_cache_mode = force_custom_plan")
        connection.execute(f"prepare reading as {query(name, SCHEMAS)}".encode())
        explain = f"explain (analyze, timing off, format json) execute reading ({given})"
        row = connection.execute(explain.encode()).fetchone()
    assert row is not None
    scans = [node for node in nodes(row[0][0]["Plan"]) if node.get("Relation Name") in LARGE]
    assert scans
    assert [node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"] == [], row[0]
    read = sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)
    assert read <= most, row[0]


async def test_figures_totals_and_dead_letters_agree(host: Host, settings: Settings) -> None:
    """Of the same operations, whatever each counts."""
    for number in range(3):
        post(host, number)
    bury(host, "op0")
    host.execute("select auto_post_skip('op1', 'spam')")
    async with await create_pool(settings, "test", size=1) as pool:
        statements = Statements(pool, SCHEMAS)
        figures, totals = await read_figures(statements), await read_totals(statements)
        (letter,) = await read_dead_letters(statements, 10)
    assert (figures.waiting, figures.posted, figures.skipped, figures.dead) == (1, 0, 1, 1)
    assert (totals.outcomes, totals.reasons) == ({"posted": 0, "skipped": 1, "dead": 1}, {"spam": 1})
    assert (letter.tracker_id, {letter.last_error: 1}) == ("op0", totals.errors)
    assert not totals.is_partial


async def test_oldest_is_the_oldest_that_a_worker_could_take(host: Host, settings: Settings) -> None:
    """A parked row and one that a worker holds are not late."""
    for number in range(3):
        post(host, number)
    host.execute("update auto_post_outbox set captured_at = captured_at - interval '1 hour' where tracker_id <> 'op0'")
    host.execute("update auto_post_outbox set available_at = 'infinity' where tracker_id = 'op1'")
    host.execute("update auto_post_outbox set state = 'claimed', worker = 'w' where tracker_id = 'op2'")
    async with await create_pool(settings, "test", size=1) as pool:
        figures = await read_figures(Statements(pool, SCHEMAS))
    assert (figures.waiting, figures.parked, figures.claimed) == (1, 1, 1)
    assert figures.oldest_seconds is not None
    assert figures.oldest_seconds < 600


async def test_new_outcomes_are_returned_once_though_a_look_has_no_room(host: Host, settings: Settings) -> None:
    """What the first look left out stays out; what a later one left out comes with the next."""
    fill(host, 30, gap_seconds=0.01)
    async with await create_pool(settings, "test", size=1) as pool:
        new = NewOutcomes(Statements(pool, SCHEMAS), backlog=10, most=2)
        assert [outcome.content for outcome in await new.look()] == [f"Post number {n}" for n in range(21, 31)]
        assert await new.look() == []
        for number in range(3):
            host.complete(f"late{number}")
            host.execute("select auto_post_skip(%s, 'spam')", (f"late{number}",))
        assert [outcome.tracker_id for outcome in await new.look()] == ["late1", "late2"]
        assert [outcome.tracker_id for outcome in await new.look()] == ["late0"]
        assert await new.look() == []


async def test_outcome_that_commits_late_is_returned(host: Host, settings: Settings) -> None:
    """It was decided before the last one that was seen."""
    fill(host, 3)
    async with await create_pool(settings, "test", size=1) as pool:
        new = NewOutcomes(Statements(pool, SCHEMAS), backlog=100, show_backlog=False)
        assert await new.look() == []
        host.execute(
            "insert into audit_log (id, occurred_at, action, details) "
            "values ('late', now() - interval '1.5 seconds', 'auto_post.skipped', '{\"reason\": \"spam\"}')"
        )
        assert [outcome.id for outcome in await new.look()] == ["late"]
        assert await new.look() == []
