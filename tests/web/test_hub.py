"""What the dashboard and the feeds share: one task for all viewers, which encodes each message once."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from autopost.web.errors import DatabaseUnavailable, TooManyViewers
from autopost.web.hub import Hub
from autopost.web.viewer import Viewer


class Ticker(Hub):
    """A hub whose task is ready at once, and fails when asked to."""

    name = "ticker"

    def __init__(self, limit: int = 10) -> None:
        super().__init__(limit)
        self.runs = 0
        self.running = 0
        self.fail = asyncio.Event()

    async def run(self, ready: asyncio.Event) -> None:
        """Count the runs."""
        self.runs += 1
        self.running += 1
        try:
            ready.set()
            await self.fail.wait()
            raise ZeroDivisionError
        finally:
            self.running -= 1


async def nothing_missed() -> None:
    """Read no backfill."""


async def joined(hub: Hub, *topics: str) -> Viewer:
    """Return a viewer that has subscribed."""
    viewer = Viewer(topics)
    await hub.subscribe(viewer, nothing_missed)
    return viewer


async def test_message_is_encoded_once_for_the_viewers_of_its_topic() -> None:
    """And not at all where there is none."""
    hub, encoded = Ticker(), 0

    def encode() -> bytes:
        nonlocal encoded
        encoded += 1
        return b"message"

    viewers = [await joined(hub, "a") for _ in range(3)]
    other = await joined(hub, "b")
    hub.publish("a", encode)
    assert [await viewer.take() for viewer in viewers] == [[b"message"]] * 3
    hub.publish("nobody's", encode)
    hub.publish("a", encode, lambda viewer: viewer is other)
    assert encoded == 1
    other.end()
    assert await other.take() is None


async def test_task_runs_while_there_is_a_viewer() -> None:
    """One for all, and a new one for the next viewer after the last one has left."""
    hub = Ticker()
    first, second = await joined(hub, "a"), await joined(hub, "a")
    hub.unsubscribe(first)
    await asyncio.sleep(0)
    assert (hub.runs, hub.running) == (1, 1)
    hub.unsubscribe(second)
    await asyncio.sleep(0)
    assert hub.running == 0
    await joined(hub, "a")
    assert (hub.runs, hub.running) == (2, 1)


async def test_viewer_over_the_limit_is_refused() -> None:
    """Until one leaves; a hub that was closed refuses every viewer."""
    hub = Ticker(limit=1)
    first = await joined(hub, "a")
    with pytest.raises(TooManyViewers):
        await joined(hub, "a")
    hub.unsubscribe(first)
    hub.unsubscribe(first)
    await joined(hub, "a")
    closed = Ticker()
    closed.close()
    with pytest.raises(TooManyViewers):
        await joined(closed, "a")


async def test_viewer_whose_backfill_fails_is_not_subscribed() -> None:
    """Nor does the task go on for it."""
    hub = Ticker()

    async def fail() -> None:
        raise DatabaseUnavailable("TimeoutError")

    with pytest.raises(DatabaseUnavailable):
        await hub.subscribe(Viewer(["a"]), fail)
    await asyncio.sleep(0)
    assert hub.running == 0


async def test_hub_that_is_not_ready_in_time_refuses_the_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait for a database that does not answer."""
    monkeypatch.setattr("autopost.web.hub.FIRST_ANSWER_SECONDS", 0.2)

    class Silent(Ticker):
        async def run(self, ready: asyncio.Event) -> None:
            """Never become ready."""
            await asyncio.Event().wait()

    hub = Silent()
    async with asyncio.timeout(60):
        with pytest.raises(DatabaseUnavailable):
            await joined(hub, "a")


async def test_unexpected_error_ends_all_streams_and_the_next_viewer_starts_again() -> None:
    """It is logged once, with its class."""
    hub = Ticker()
    viewer = await joined(hub, "a")
    with capture_logs() as logs:
        hub.fail.set()
        assert await asyncio.wait_for(viewer.take(), 60) is None
    assert [(line["event"], line["stream"], line["error"]) for line in logs] == [
        ("hub.failed", "ticker", "ZeroDivisionError")
    ]
    hub.fail.clear()
    await joined(hub, "a")
    assert (hub.runs, hub.running) == (2, 1)


async def test_close_ends_streams_and_then_drops_who_does_not_read() -> None:
    """What is queued can still be taken; a viewer that is dropped then is no cause for a log line."""
    hub = Ticker()
    reads, stalls = await joined(hub, "a"), await joined(hub, "a")
    hub.publish("a", lambda: b"last")
    with capture_logs() as logs:
        hub.close()
        assert await reads.take() == [b"last"]
        assert await reads.take() is None
        assert not stalls.dropped.is_set()
        await asyncio.wait_for(stalls.dropped.wait(), 60)
        hub.unsubscribe(stalls)
    assert logs == []
