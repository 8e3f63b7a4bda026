"""Polls the database while a dashboard is open, and publishes what is new to every open one."""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum
from functools import lru_cache, partial
from time import monotonic

from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import DeadLetter, Figures
from autopost.web.cached import Cached
from autopost.web.errors import DatabaseUnavailable
from autopost.web.hub import Hub
from autopost.web.page.deliveries import Deliveries
from autopost.web.page.feed import Feed
from autopost.web.page.rendering import Renderer
from autopost.web.sse import event
from autopost.web.viewer import Viewer

POLL_SECONDS = 0.3
LEAST_PAUSE_SECONDS = 0.1  # after a query that took long
RETRY_SECONDS = 2.0
FIGURES_SECONDS = 3.0
MOST_VIEWERS = 300
MOST_RENDERED = 500  # entries that are kept as they are sent: many who come back at once have missed the same ones


class Topic(StrEnum):
    """Which view of the dashboard is open."""

    FEED = "feed"
    OUTBOX = "outbox"
    OUTBOX_TO_READ = "outbox-to-read"  # for tokens that may not act


class DashboardHub(Hub):
    """Publishes new outcomes, figures, and whether the database answers."""

    name = "dashboard"

    def __init__(
        self,
        feed: Feed,
        figures: Cached[Figures],
        dead_letters: Cached[list[DeadLetter]],
        deliveries: Cached[Deliveries],
        renderer: Renderer,
        reading: Renderer,
    ) -> None:
        super().__init__(MOST_VIEWERS)
        self._feed = feed
        self._figures = figures
        self._dead_letters = dead_letters
        self._deliveries = deliveries
        self._renderer = renderer
        self._reading = reading
        self.entry_event = lru_cache(MOST_RENDERED)(self._entry_event)
        self.trouble = False  # whether the last query failed

    async def run(self, ready: asyncio.Event) -> None:
        """Poll until cancelled. `ready` is cleared while the database does not answer."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._poll_news(ready))
            tasks.create_task(self._poll_figures())

    async def _poll_news(self, ready: asyncio.Event) -> None:
        news = self._feed.new_outcomes()
        while True:
            began = monotonic()
            try:
                for entry in await news.look():
                    self._publish_entry(entry)
                ready.set()
                self._publish_trouble(False)
            except DatabaseUnavailable:
                ready.clear()  # a new viewer waits for the next poll, and queries nothing by itself
                self._publish_trouble(True)
            pause = RETRY_SECONDS if self.trouble else POLL_SECONDS - (monotonic() - began)
            await asyncio.sleep(max(pause, LEAST_PAUSE_SECONDS))

    async def _poll_figures(self) -> None:
        while True:
            await asyncio.sleep(FIGURES_SECONDS)
            with contextlib.suppress(DatabaseUnavailable):  # which was logged, and is published by the other poll
                self._publish_figures(await self._figures.get(), await self._dead_letters.get())
                outbox = [topic for topic in (Topic.OUTBOX, Topic.OUTBOX_TO_READ) if topic in self._by_topic]
                if outbox:
                    deliveries = await self._deliveries.get()
                for topic in outbox:
                    self.publish(topic, partial(self._deliveries_event, deliveries))

    def _publish_entry(self, entry: Outcome) -> None:
        def accepts(viewer: Viewer) -> bool:
            return viewer.wanted.accepts(
                entry.agent_id,
                entry.tenant_id,
                is_post=entry.is_post,
                is_alert=entry.is_alert,
                operation_type=entry.operation_type,
                content=entry.content,
                tracker_id=entry.tracker_id,
            )

        self.publish(Topic.FEED, partial(self.entry_event, entry), accepts)

    def _publish_figures(self, figures: Figures, dead: list[DeadLetter]) -> None:
        def sees_all(viewer: Viewer) -> bool:
            return viewer.tenant is None

        self.publish(Topic.FEED, lambda: event("glance", self._renderer.glance(figures, dead)), sees_all)
        for topic, renderer in ((Topic.OUTBOX, self._renderer), (Topic.OUTBOX_TO_READ, self._reading)):
            self.publish(topic, partial(_figures_event, renderer, figures))
            self.publish(topic, partial(_dead_letters_event, renderer, dead))

    def _deliveries_event(self, deliveries: Deliveries) -> bytes:
        return event("deliveries", self._renderer.deliveries(deliveries))

    def _publish_trouble(self, trouble: bool) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            for topic in Topic:
                self.publish(topic, partial(event, "trouble", trouble))

    def _entry_event(self, entry: Outcome) -> bytes:
        """Return the event of an outcome. Its id is the place to go on from."""
        return event("entry", self._renderer.entry(entry), id_=str(entry.cursor))


def _figures_event(renderer: Renderer, figures: Figures) -> bytes:
    return event("figures", renderer.figures(figures))


def _dead_letters_event(renderer: Renderer, dead: list[DeadLetter]) -> bytes:
    return event("dead", renderer.dead_letters(dead))
