"""What is sent at once to a browser that comes back, what waits for it later, and where both end: without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autopost.outbox.cursor import Cursor
from autopost.outbox.outcomes import Outcome
from autopost.web.page.feed import MOST_CAUGHT_UP, MOST_CAUGHT_UP_BYTES, catch_up
from autopost.web.page.hub import DashboardHub
from autopost.web.page.rendering import Renderer
from autopost.web.sse import event
from autopost.web.viewer import MOST_QUEUED, MOST_QUEUED_BYTES, Viewer

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
GAP = event("gap", True)


def entry(number: int) -> Outcome:
    """Return one of the outcomes, a second apart."""
    at = BEGIN + timedelta(seconds=number)
    return Outcome(f"a{number:03}", at, "posted", "ada", "Ada", None, None, None, None, None, None, False, "text")


def place(number: int) -> Cursor:
    """Return where it is."""
    return entry(number).cursor


def sent(entries: range, after: int, size: int = 10) -> list[str]:
    """Return the ids that are sent of these, which take so many bytes each, and `gap` where that is said."""
    data = catch_up(
        [entry(n) for n in entries], place(after), lambda found: found.id.encode().ljust(size, b".") + b"\n\n"
    )
    assert len(data) <= MOST_CAUGHT_UP_BYTES + len(GAP)
    return ["gap" if b"gap" in part else part.strip(b".").decode() for part in data.split(b"\n\n") if part]


def test_what_was_missed_is_sent_in_order() -> None:
    """But for the place itself; what is from shortly before it may have come late."""
    assert sent(range(3, 7), after=4) == ["a003", "a005", "a006"]
    assert sent(range(0), after=4) == []


def test_entry_is_rendered_once_for_all_who_missed_it() -> None:
    """However many come back at once; what has changed is rendered again."""
    rendered: list[Outcome] = []

    class Counting(Renderer):
        def entry(self, entry: Outcome) -> str:
            rendered.append(entry)
            return super().entry(entry)

    unused: Any = None
    renderer = Counting(may_act=False)
    hub = DashboardHub(unused, unused, unused, unused, renderer, renderer)
    missed = [entry(n) for n in range(5)]
    assert len({catch_up(missed, place(0), hub.entry_event) for _ in range(300)}) == 1
    assert sorted(each.id for each in rendered) == [each.id for each in missed[1:]]
    changed = replace(entry(4), agent_name="Ada the Second")
    assert b"Ada the Second" in hub.entry_event(changed)


def test_more_than_so_many_is_a_gap() -> None:
    """Only where something after the place was left out."""
    assert sent(range(1, MOST_CAUGHT_UP), after=0)[0] == "a001"
    assert sent(range(1, MOST_CAUGHT_UP + 1), after=0)[0] == "gap"
    assert sent(range(MOST_CAUGHT_UP), after=0)[0] == "a001"


@pytest.mark.parametrize("fit", [1, 2, 50])
def test_more_than_so_many_bytes_is_a_gap(fit: int) -> None:
    """The newest of them are sent, as many as there is room for."""
    size = MOST_CAUGHT_UP_BYTES // fit - 2
    assert sent(range(1, 60), 0, size) == ["gap", *(f"a{n:03}" for n in range(60 - fit, 60))]
    assert sent(range(1, 1 + fit), 0, size)[0] == "a001"


def test_one_that_is_too_long_by_itself_is_a_gap() -> None:
    """Nothing else, and no error."""
    assert sent(range(1, 5), 0, MOST_CAUGHT_UP_BYTES) == ["gap"]


def test_bytes_that_only_the_place_and_older_ones_lack_are_no_gap() -> None:
    """The browser has had those."""
    assert sent(range(10), 8, MOST_CAUGHT_UP_BYTES - 2) == ["a009"]


def test_queue_of_a_viewer_has_an_end() -> None:
    """Nobody who offers something waits, and nothing piles up."""
    viewer = Viewer(["feed"])
    for _ in range(MOST_QUEUED):
        viewer.offer(b"x")
    assert not viewer.dropped.is_set()
    viewer.offer(b"x")
    assert viewer.dropped.is_set()
    assert not viewer._messages


async def test_bytes_that_wait_for_a_viewer_have_an_end() -> None:
    """Few long messages are as many as many short ones; what was taken does not count."""
    viewer = Viewer(["feed"])
    half = b"x" * (MOST_QUEUED_BYTES // 2)
    for _ in range(3):
        viewer.offer(half)
        viewer.offer(half)
        assert not viewer.dropped.is_set()
        assert await viewer.take() == [half, half]
    for _ in range(2):
        viewer.offer(half)
    assert not viewer.dropped.is_set()
    viewer.offer(b"x")
    assert viewer.dropped.is_set()
    assert not viewer._messages
