"""The parts of the commands that need no database: reasons for silence, ages, and what is shown of secrets."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from autopost.cli.config_screen import shown
from autopost.cli.console import age, between
from autopost.cli.screen import MOST_SHOWN, plain
from autopost.cli.simulation.texts import PREFIX, operation
from autopost.cli.why_screen import reason_meaning
from autopost.model import Reason
from autopost.outbox.history import why_not_captured

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPERATION = {
    "operation_type": "deploy",
    "status": "done",
    "ended_at": NOW,
    "is_open": False,
    "not_captured": None,
}
RULE = {"id": 7, "status": "done", "meets": True, "enabled": True, "since": NOW - HOUR}
SINCE = {"since": NOW - HOUR, "capture_enabled": True, "trigger_enabled": True}


@pytest.mark.parametrize(
    ("rules", "since", "said"),
    [
        ([], {}, "no rule names its type, deploy"),
        (
            [{"meets": False, "status": "failed"}],
            {},
            "no rule names deploy with its status, done: they wait for failed",
        ),
        ([{"enabled": False}], {}, "rule 7, which it meets, is switched off: `autopost rules on 7`"),
        ([{}], {"capture_enabled": False}, "capturing is switched off"),
        ([{}], {"since": NOW + HOUR}, "it ended before autopost was installed or capturing was last switched on"),
        ([{"since": NOW + HOUR}], {}, "it ended before rule 7, which it matches, was created or last changed"),
        ([{}], {"trigger_enabled": False}, "the trigger is missing or disabled"),
        ([{"enabled": False}, {"id": 8}], {"trigger_enabled": False}, "the trigger is missing"),
    ],
)
def test_why_an_operation_was_not_captured(rules: list[dict[str, Any]], since: dict[str, Any], said: str) -> None:
    """The first of all possible reasons that holds."""
    found = why_not_captured(OPERATION, [RULE | rule for rule in rules], SINCE | since)
    assert found is not None
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("rules", "since", "said"),
    [
        ([{"meets": False, "status": "failed"}], {}, "rule 7 would post it when it is failed"),
        (
            [{"meets": False}, {"id": 8, "meets": False, "status": "failed"}],
            {},
            "rule 7 would post it when it is done, rule 8 would post it when it is failed",
        ),
        ([{"meets": False, "enabled": False}], {}, "rule 7, which would name it, is switched off"),
        ([{"meets": False}], {"capture_enabled": False}, "when it is done; but capturing is switched off"),
        ([{"meets": False}], {"trigger_enabled": False}, "when it is done; but the trigger is missing"),
        ([{"status": None}], {"since": NOW + HOUR}, "rule 7 would post it with its next status"),
    ],
)
def test_operation_that_still_runs_is_told_as_such(
    rules: list[dict[str, Any]], since: dict[str, Any], said: str
) -> None:
    """With the rules that it waits for, and nothing about finding what was missed."""
    operation = OPERATION | {"status": "running", "is_open": True}
    found = why_not_captured(operation, [RULE | rule for rule in rules], SINCE | since)
    assert found is not None
    assert found.startswith("it still runs (status running, no completed_at)")
    assert said in found
    assert "reconcile" not in found


def test_operation_that_has_ended_is_not_told_to_run() -> None:
    """A rule names its status, though the platform gave it no completed_at."""
    operation = OPERATION | {"is_open": True, "ended_at": NOW - 2 * HOUR}
    found = why_not_captured(operation, [RULE], SINCE)
    assert found is not None
    assert found.startswith("it has no completed_at and started before autopost was installed")


@pytest.mark.parametrize("noted", ["unreadable", "id_too_long", "other_agent", "old_by_its_times"])
def test_what_the_reconciler_noted_goes_before_what_can_be_guessed(noted: str) -> None:
    """It has seen the row, and says more than that the trigger missed it."""
    found = why_not_captured(OPERATION | {"not_captured": noted}, [RULE], SINCE)
    assert found is not None
    assert "missed it" not in found


def test_operation_that_should_be_captured_has_no_reason_not_to_be() -> None:
    """Then the trigger missed it."""
    assert why_not_captured(OPERATION, [RULE], SINCE) is None
    assert why_not_captured(OPERATION | {"ended_at": None}, [RULE], SINCE) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0.0 s"), (0.44, "0.4 s"), (61, "61 s"), (600, "10 min"), (7300, "2 h"), (200_000, "2 d")],
)
def test_age_is_told_in_its_largest_fitting_unit(seconds: float, said: str) -> None:
    """As people say it."""
    assert age(seconds) == said


def test_long_id_is_cut_where_it_is_shown() -> None:
    """An agent's id may have any length; a screen has not."""
    assert plain("a" * 250_000) == "a" * MOST_SHOWN + "…"


def test_steps_are_told_apart_in_milliseconds() -> None:
    """A post takes a few of them."""
    assert [between(0.0042), between(3)] == ["4 ms", "3.0 s"]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_meaning(reason: Reason) -> None:
    """And a reason that somebody gave is told as such."""
    assert reason_meaning(reason) != reason_meaning("bored") == "somebody skipped it by hand"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (
            "DATABASE_URL",
            SecretStr("postgresql://ada:hunter2@db:5/x?sslpassword=hunter2"),
            "host=db port=5 dbname=x user=ada",
        ),
        ("OPENAI_API_KEY", SecretStr("hunter2"), "(hidden)"),
        ("OPENAI_BASE_URL", "https://ada:hunter2@llm.example/v1", "https://***@llm.example/v1"),
        ("X", ("a", "b"), "a, b"),
        ("X", (), None),
        ("X", True, "true"),
    ],
)
def test_settings_are_shown_without_secrets(variable: str, value: Any, expected: str | None) -> None:
    """Of a database where it is and who asks, of other secrets that they are set."""
    assert shown(variable, value) == expected


def test_simulated_operations_are_of_every_kind_and_filled_in() -> None:
    """Known by their ids, with agents that take turns."""
    chance = random.Random(1)
    made = [operation(f"{PREFIX}run-", number, 3, chance) for number in range(300)]
    assert len({work.operation_type for work in made}) == 6
    assert {work.agent_id for work in made} == {f"{PREFIX}agent-{number}" for number in (1, 2, 3)}
    assert not any("{" in work.what for work in made)
    assert any("@" in work.what for work in made)
