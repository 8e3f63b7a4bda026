"""Somebody who watches: what is on its way to one browser."""

from __future__ import annotations

from enum import StrEnum

from autopost.web.filter import FeedFilter
from autopost.web.outgoing import Outgoing


class Topic(StrEnum):
    """Which of the two pages is open."""

    FEED = "feed"
    OUTBOX = "outbox"


class Viewer(Outgoing):
    """Who has a page open, on one of its topics."""

    def __init__(self, topic: Topic, wanted: FeedFilter) -> None:
        super().__init__()
        self.topic = topic
        self.wanted = wanted
