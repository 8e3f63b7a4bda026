"""What a screen does with little room: lines are broken at words, and what has no room is said to be missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.text import Text

from autopost.cli.checking import Finding, Level, check_screen
from autopost.cli.checking.finding import broken
from autopost.cli.rules import MOST_LOOKED_AT, status_note
from autopost.cli.screen import folded
from autopost.cli.status_screen import status_screen, watched_screen
from autopost.outbox.reading import MOST_ROWS_COUNTED, Figures, Minute, Status, Totals

FINDINGS = [
    Finding(Level.OK, "objects", "50 tables, views and functions are as this version made them"),
    Finding(Level.PROBLEM, "rights of auto_post_worker", "it may not select agents", "grant select on agents to x;"),
]
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
FIGURES = Figures(
    read_at=NOW,
    waiting=1,
    claimed=0,
    parked=0,
    retrying=0,
    waits_beyond=False,
    oldest_seconds=1.0,
    paused=False,
    capture_enabled=True,
    trigger_enabled=True,
    wakeup="doorbell",
    llm_spent_usd=None,
    llm_limit_usd=None,
    llm_is_exhausted=False,
    pauses=[],
    workers_alive=0,
    workers=[
        {
            "name": f"w{n}",
            "version": "1",
            "alive": True,
            "seen_seconds_ago": 1,
            "runs_for_seconds": 1,
            "in_flight": 0,
            "llm": None,
        }
        for n in range(4)
    ],
    minutes=[Minute(NOW, posted=5)],
    p50_seconds=0.1,
    p99_seconds=0.2,
    reasons=[("rate_limited", 3)],
    writers=[("template", None, 5)],
)
OUTCOMES = {"posted": 5, "skipped": 3, "dead": 2}
TOTALS = Totals(OUTCOMES, {"rate_limited": 3}, {"boom": 2})
STATUS = Status(FIGURES, TOTALS)
FOUND = {"operations": 10, "has_it": False, "in_other_case": None, "commonest": ["completed", "failed"]}


def words(text: str) -> list[str]:
    """Return the words of a text, and not how it is laid out."""
    return text.split()


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_check_is_broken_at_words(columns: int) -> None:
    """On whichever terminal, and nothing is lost; without a terminal it is not broken."""
    shown = check_screen(FINDINGS, columns).plain
    assert max(map(len, shown.splitlines())) <= columns
    assert words(shown) == words(check_screen(FINDINGS).plain)
    assert len(check_screen(FINDINGS).plain.splitlines()) == 3


def test_only_a_word_longer_than_the_line_is_broken() -> None:
    """And the styles stay where they were."""
    text = folded(Text.assemble("one two ", ("three", "red"), " ", "x" * 25), 20, 4)
    assert text.plain == f"one two three\n    {'x' * 16}\n    {'x' * 9}"
    (span,) = text.spans
    assert text.plain[span.start : span.end] == "three"


@pytest.mark.parametrize(
    ("advice", "lines"),
    [
        ("grant select on agents to worker;", ["grant select on", "agents to worker;"]),
        ("set x to 'a very long text';  -- and why", ["set x to", "'a very long text';", "-- and why"]),
        ("autopost sql grants | psql", ["autopost sql \\", "grants | psql"]),
        ("export A=1  # or the other two, if so", ["export A=1", "# or the other two,", "# if so"]),
        ("autopost migrate", ["autopost migrate"]),
    ],
)
def test_advice_that_is_broken_can_still_be_copied(advice: str, lines: list[str]) -> None:
    """SQL as it is, a command with what continues it, and no line of a remark without its sign."""
    assert broken(advice, 20) == lines


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (80, 12), (60, 10), (40, 9)])
def test_watched_status_says_how_many_lines_have_no_room(columns: int, rows: int) -> None:
    """The first line of each part goes before all others, and everything fits."""
    console = Console(width=columns, height=rows, soft_wrap=True)
    with console.capture() as captured:
        console.print(watched_screen(STATUS, columns, rows), soft_wrap=False)
    lines = captured.get().splitlines()
    assert len(lines) <= rows
    shown = " ".join(words(captured.get()))
    assert "Ctrl-C ends this." in shown
    assert [name for name in ("switches", "waiting", "workers", "dead") if name not in shown] == []
    complete = len(lines) - 2 == 15
    assert complete == (rows == 24)
    assert ("enlarge the window" in shown) is not complete
    if columns == 80 and not complete:
        assert f"... {15 - (len(lines) - 2)} more lines: enlarge the window." in shown


def test_status_says_where_it_counted_no_further() -> None:
    """Of the backlog, of the last hour and of what the outbox holds; nothing where it counted all."""
    many = replace(FIGURES, waits_beyond=True, minutes=[Minute(NOW, posted=MOST_ROWS_COUNTED)])
    console = Console(width=120)
    with console.capture() as captured:
        console.print(status_screen(Status(many, replace(TOTALS, outcomes=OUTCOMES | {"posted": MOST_ROWS_COUNTED}))))
        console.print(status_screen(STATUS))
    lines = captured.get().splitlines()
    assert [line[:11].strip() for line in lines if "of the newest 100,000 outcomes" in line] == [
        "last hour",
        "in all",
        "dead",
    ]
    assert [line for line in lines if "waiting    1+, the oldest" in line]


@pytest.mark.parametrize(
    ("status", "found", "of_rules", "note"),
    [
        ("failed", {"has_it": True}, [], None),
        ("nope", {}, [], "no operation has the status nope now; there are completed and failed"),
        (
            "COMPLETED",
            {"in_other_case": "completed"},
            [],
            "no operation has the status COMPLETED now, but there is completed: statuses are case-sensitive",
        ),
        (
            "Failed",
            {"operations": 0, "commonest": []},
            ["failed"],
            "no operation has the status Failed now, and other rules say failed: statuses are case-sensitive",
        ),
        ("failed", {"operations": 0, "commonest": []}, ["failed"], None),
        ("x", {"operations": 0, "commonest": []}, [], "no operation has the status x now: operation_trackers is empty"),
        (
            "x",
            {"operations": MOST_LOOKED_AT, "commonest": ["y"]},
            [],
            "none of 200,000 operations that were looked at has the status x now; there are y",
        ),
    ],
)
def test_note_on_the_status_of_a_new_rule(
    status: str, found: dict[str, object], of_rules: list[str], note: str | None
) -> None:
    """Exact about what was looked at, and nothing where the status comes."""
    assert status_note(status, FOUND | found, of_rules) == note
