"""The outbox under every interleaving that can be thought of: a state machine against a model of the rules."""

from __future__ import annotations

import os
from collections.abc import Iterator

import asyncpg
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test

from autopost.errors import AuditRefused
from autopost.settings import Settings
from tests.support.machine.machine import machine_on
from tests.support.machine.stage import Stage
from tests.support.machine.wrong import INSTALLS, RARE, SLOW, WRONGS, Install
from tests.support.thoroughness import THOROUGH, examples

LONG = os.environ.get("AUTOPOST_CHAOS") == "long"
EVERYDAY = hypothesis.settings(
    max_examples=examples(60),
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
LONGEST = hypothesis.settings(EVERYDAY, max_examples=5000, stateful_step_count=100, derandomize=False)
LEFT_OUT = set() if LONG else RARE if THOROUGH else RARE | SLOW
UNTIL_FOUND = hypothesis.settings(EVERYDAY, max_examples=500, phases=[Phase.generate])
MISSPELT = "42"  # the class of SQLSTATEs that say that a statement is no SQL


@pytest.fixture
def stage(settings: Settings) -> Iterator[Stage]:
    """Return the stage, on this test's own database."""
    stage = Stage(settings)
    yield stage
    stage.close()


@pytest.mark.timeout(0 if LONG else 300)
def test_no_interleaving_breaks_a_promise(stage: Stage) -> None:
    """Whatever host, workers, DBA and time do and in which order, the database is as the rules say."""
    run_state_machine_as_test(machine_on(stage), settings=LONGEST if LONG else EVERYDAY)


def test_what_is_wrong_on_purpose_fits_the_files() -> None:
    """The rare ones are looked for by the thorough run alone, and must still fit in between."""
    assert [wrong.name for wrong in WRONGS if not wrong.fits()] == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name in INSTALLS if name not in LEFT_OUT])
def test_state_machine_finds_what_is_wrong(stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker must be able to fail: each of these is found within a few hundred examples."""
    install: Install = INSTALLS[name]
    install(stage, monkeypatch)
    with pytest.raises((AssertionError, asyncpg.PostgresError, AuditRefused)) as found:
        run_state_machine_as_test(machine_on(stage), settings=UNTIL_FOUND)
    assert not str(getattr(found.value, "sqlstate", "")).startswith(MISSPELT), "it is misspelt, not wrong"
