"""The one place that looks for news while somebody watches, and tells everybody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from time import monotonic

import structlog

from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import DeadLetter, Figures
from autopost.web.cached import Cached
from autopost.web.database import NoAnswer
from autopost.web.limits import FIRST_LOOK_SECONDS, LAST_WORDS_SECONDS, TooMany
from autopost.web.page.feed import Feed
from autopost.web.page.rendering import Renderer
from autopost.web.page.viewer import Topic, Viewer
from autopost.web.sse import event

LOOK_SECONDS = 0.3
LEAST_PAUSE_SECONDS = 0.1  # after a look that took long
TROUBLED_SECONDS = 2.0
FIGURES_SECONDS = 3.0
MOST_VIEWERS = 200

log = structlog.get_logger(__name__)


class Hub:
    """Looks for outcomes and figures while there is a viewer, one look for all of them, and never without one."""

    def __init__(
        self, feed: Feed, figures: Cached[Figures], dead_letters: Cached[list[DeadLetter]], renderer: Renderer
    ) -> None:
        self._feed = feed
        self._figures = figures
        self._dead_letters = dead_letters
        self._renderer = renderer
        self._viewers: set[Viewer] = set()
        self._looking: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._trouble = False
        self._closed = False

    @property
    def viewers(self) -> int:
        """Return how many watch."""
        return len(self._viewers)

    @property
    def trouble(self) -> bool:
        """Tell whether the last look got no answer."""
        return self._trouble

    async def join(self, viewer: Viewer) -> None:
        """Tell a viewer all news from now on, the last look having succeeded.

        Raises TooMany, and NoAnswer when no look succeeds in time.
        """
        if self._closed or len(self._viewers) >= MOST_VIEWERS:
            raise TooMany
        self._viewers.add(viewer)
        if self._looking is None:
            self._looked.clear()
            self._looking = asyncio.create_task(self._look_on(), name="page")
            self._looking.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(FIRST_LOOK_SECONDS):
                await self._looked.wait()
        except BaseException as error:
            self.leave(viewer)
            if isinstance(error, TimeoutError):
                raise NoAnswer("no look succeeded in time") from None
            raise

    def leave(self, viewer: Viewer) -> None:
        """Tell a viewer nothing more; the last one to leave ends the looks."""
        self._viewers.discard(viewer)
        if not self._viewers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def close(self) -> None:
        """End all streams, at once where the browser reads, and soon where it does not."""
        self._closed = True
        for viewer in self._viewers:
            viewer.end()
            asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, viewer.dropped.set)
        if self._looking is not None:
            self._looking.cancel()

    async def _look_on(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_for_news())
            tasks.create_task(self._look_at_figures())

    async def _look_for_news(self) -> None:
        news = self._feed.new_outcomes()
        while True:
            began = monotonic()
            try:
                self._tell_entries(await news.look())
                self._looked.set()
                self._tell_trouble(False)
            except NoAnswer:
                self._looked.clear()  # whoever joins now waits for the next look, and asks nothing by itself
                self._tell_trouble(True)
            pause = TROUBLED_SECONDS if self._trouble else LOOK_SECONDS - (monotonic() - began)
            await asyncio.sleep(max(pause, LEAST_PAUSE_SECONDS))

    async def _look_at_figures(self) -> None:
        while True:
            await asyncio.sleep(FIGURES_SECONDS)
            with contextlib.suppress(NoAnswer):  # which was logged, and is told of by the other look
                self._tell_figures(await self._figures.get(), await self._dead_letters.get())

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Log an error that nobody foresaw, and let every viewer come back, which begins anew."""
        if task.cancelled() or task.exception() is None:
            return
        log.error("looking for news ended", error=type(task.exception()).__name__, exc_info=task.exception())
        self._looking = None
        for viewer in self._viewers:
            viewer.end()

    def _tell_entries(self, entries: list[Outcome]) -> None:
        for entry in entries:
            message: bytes | None = None
            for viewer in self._viewers:
                if viewer.topic is Topic.FEED and viewer.wanted.takes(entry):
                    message = message or self.entry_event(entry)
                    viewer.offer(message)

    def _tell_figures(self, figures: Figures, dead: list[DeadLetter]) -> None:
        self._tell(Topic.FEED, lambda: event("glance", self._renderer.glance(figures, dead)))
        self._tell(Topic.OUTBOX, lambda: event("figures", self._renderer.figures(figures)))
        self._tell(Topic.OUTBOX, lambda: event("dead", self._renderer.dead_letters(dead)))

    def _tell_trouble(self, trouble: bool) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            for topic in Topic:
                self._tell(topic, lambda: event("trouble", trouble))

    def _tell(self, topic: Topic, make: Callable[[], bytes]) -> None:
        listeners = [viewer for viewer in self._viewers if viewer.topic is topic]
        if listeners:
            message = make()
            for viewer in listeners:
                viewer.offer(message)

    def entry_event(self, entry: Outcome) -> bytes:
        """Return the event that tells of an outcome. Its id is the place to go on from."""
        return event("entry", self._renderer.entry(entry), id_=str(entry.cursor))
