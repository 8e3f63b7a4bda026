"""Every order in which hosts, workers and mishaps can meet at the doorbell, on its model."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, replace
from typing import Any

import pytest

from tests.support import ROOT, doorbell_model
from tests.support.doorbell_model import Design, Exploration, Host, State, Step, Worker, explore, steps
from tests.support.thoroughness import THOROUGH

PAGE = ROOT / "docs" / "explanation" / "doorbell.md"
AS_IT_IS = Design()
BUSY = replace(AS_IT_IS, transactions=1, mishaps=0, due=1, may_be_busy=True)
EVERYDAY = [replace(AS_IT_IS, transactions=1), BUSY, replace(AS_IT_IS, wakeup="notify", transactions=1, mishaps=0)]
LONG = [
    replace(AS_IT_IS, mishaps=2),
    replace(AS_IT_IS, transactions=3),
    replace(AS_IT_IS, transactions=1, workers=3),
    replace(AS_IT_IS, transactions=1, hosts=3),
    replace(BUSY, mishaps=1),
    replace(BUSY, workers=3, hosts=1),
    replace(AS_IT_IS, wakeup="notify"),
]
IS_LONG = os.environ.get("AUTOPOST_CHAOS") == "long"
DESIGNS = EVERYDAY + [AS_IT_IS] * (IS_LONG or THOROUGH) + LONG * IS_LONG
ONE_WORKER = replace(AS_IT_IS, workers=1, transactions=1)
LOST = "a row waits and nobody will wake"


def name_of(design: Design) -> str:
    """Say how much is explored."""
    return f"{design.hosts}x{design.transactions}-{design.workers}-{design.mishaps}-{design.due}-{design.wakeup}"


def told(design: Design) -> Exploration:
    """Explore, and say what was found, for anyone who runs pytest with -s."""
    found = explore(design)
    differs = {name: value for name, value in asdict(design).items() if value != getattr(AS_IT_IS, name)}
    sys.stdout.write(f"\n{differs or 'the protocol as it is'}\n{found}\n")
    return found


def replay(design: Design, exploration: Exploration) -> State:
    """Go the way of a trace, and return where it ends."""
    state = State((Host(left=design.transactions),) * design.hosts, (Worker(),) * design.workers)
    state = state._replace(due=design.due, mishaps=design.mishaps, wakeup=design.wakeup)
    for line in exploration.trace:
        (state,) = (step.after for step in steps(design, state) if f"{step.who} {step.what}" == line)
    return state


@pytest.mark.timeout(3600)  # the long one on a busy machine
@pytest.mark.parametrize("design", DESIGNS, ids=name_of)
def test_no_wake_up_is_lost_whatever_the_order(design: Design) -> None:
    """Nor does a host wait, or ring without a sleeper, or anything go round in circles."""
    found = told(design)
    assert not found.problem, str(found)
    if design == AS_IT_IS:
        assert f"{found.states:,}" in PAGE.read_text("utf-8"), "the page says how many states there are"


@pytest.mark.parametrize(
    ("wrong", "problem", "because"),
    [
        ({"looks_after_arming": False}, LOST, "arms"),
        ({"looks_with_a_new_snapshot": False}, LOST, "sees nothing"),
        ({"listens_before_arming": False}, LOST, "it will ring"),
        ({"clears_before_claiming": False, "wakeup": "notify"}, LOST, "forgets earlier rings"),
        ({"rings_itself_when_cut_off": False}, LOST, "is cut off"),
        ({"host_keeps_its_lock": False}, LOST, "it will not ring"),
        ({"host_shows_its_row_first": False}, LOST, "its locks are released"),
        ({"disarms_before_claiming": False}, "a host rings although nobody sleeps", "begins to claim"),
        ({"host_never_waits": False}, "a host cannot go on", "arms"),
        ({"looks_when_it_cannot_arm": False, "hosts_may_idle": True, "hosts": 2}, LOST, "gets the lock, shared"),
        ({"looks_when_it_cannot_arm": False, "freezes_while_it_looks": True, "workers": 2}, LOST, "freezes"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_design_is_caught(wrong: dict[str, Any], problem: str, because: str) -> None:
    """Each part of the protocol is needed: without it things go wrong, and the trace says how."""
    design = replace(ONE_WORKER, **wrong)
    found = told(design)
    assert found.problem == problem
    assert any(because in line for line in found.trace), str(found)
    end = replay(design, found)
    assert end.waits == (problem == LOST)


@pytest.mark.parametrize(
    ("limit", "because"),
    [
        (replace(ONE_WORKER, wakeup="notify", switched_to="doorbell"), "sets wakeup"),
        (replace(ONE_WORKER, switched_to="notify"), "sets wakeup"),
    ],
    ids=["notify to doorbell", "doorbell to notify"],
)
def test_poll_is_needed_beyond_the_promise(limit: Design, because: str) -> None:
    """What the page says is not promised is really so."""
    found = told(limit)
    assert found.problem == LOST
    assert any(because in line for line in found.trace), str(found)
    assert replay(limit, found).waits


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"wakes_the_next": False}, "is busy with it"),
        ({"mishaps": 1, "may_be_busy": False, "due": 0}, "dies"),
        ({}, "hears the bell"),  # late: it was sent by the one that found the other armed since
    ],
    ids=["nobody is notified", "the armed worker crashes", "a late notification"],
)
def test_worker_that_found_another_armed_must_try_again(changes: dict[str, Any], because: str) -> None:
    """The other may be busy after it woke because a row was due, or have crashed. A notification makes that rare."""
    found = told(replace(BUSY, hosts=1, tries_again_when_taken=False, **changes))
    assert found.problem == LOST
    assert any(because in line for line in found.trace), str(found)


def test_neither_an_open_transaction_nor_a_frozen_sleeper_makes_the_poll_necessary() -> None:
    """The lock is theirs for as long as they like; others look under it."""
    worst = replace(AS_IT_IS, transactions=1, hosts_may_idle=True, freezes_while_it_looks=True)
    assert not explore(worst).problem


def test_explorer_notices_what_never_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step by itself that leads back would keep the row waiting without any state being the last."""

    def restless(design: Design, state: State) -> list[Step]:
        return [*steps(design, state), Step("worker 1", "turns over", state)]

    monkeypatch.setattr(doorbell_model, "steps", restless)
    assert explore(replace(ONE_WORKER, hosts=1)).problem == "what happens by itself goes round in circles"
