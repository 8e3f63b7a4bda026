"""What is read once for everybody, and who tries too many tokens."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.types import Message

from autopost.outbox.cursor import Cursor
from autopost.outbox.reading import Minute
from autopost.web import sse
from autopost.web.access import MOST_WRONG, Access
from autopost.web.cached import Cached
from autopost.web.errors import DatabaseUnavailable, TooManyWrongTokens
from autopost.web.feed.log import Log
from autopost.web.feed.topics import Topics
from autopost.web.filter import FeedFilter
from autopost.web.page.chart import HEIGHT, chart
from autopost.web.page.feed import Feed
from autopost.web.page.views import Views
from autopost.web.shared_read import SharedRead
from autopost.web.tokens import Tokens
from tests.support.web.browsing import TOKEN
from tests.support.web.granting import access_to, request
from tests.web.test_hub import Ticker


async def test_many_who_ask_at_once_cost_one_look() -> None:
    """And a look that failed is not repeated by each of them either."""
    looks = 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.05)
        if looks == 2:
            raise DatabaseUnavailable("TimeoutError")
        return looks

    kept = Cached(look, seconds=60)
    assert await asyncio.gather(*(kept.get() for _ in range(50))) == [1] * 50
    kept.invalidate()
    answers = await asyncio.gather(*(kept.get() for _ in range(50)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseUnavailable}
    assert looks == 2
    kept.invalidate()
    assert await kept.get() == 3


async def test_what_is_forgotten_while_it_is_read_is_read_again() -> None:
    """The read may be of before the change that made it worth forgetting."""
    looks = 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.05)
        return looks

    kept = Cached(look, seconds=60)
    reading = asyncio.create_task(kept.get())
    await asyncio.sleep(0.01)
    kept.invalidate()
    assert await reading == 1
    assert await kept.get() == 2
    assert await kept.get() == 2


async def test_flood_of_wrong_tokens_is_turned_away(database: str) -> None:
    """One client's flood concerns nobody else, and the right token counts at any time."""
    async with access_to(database) as access:
        here, there = request("192.0.2.1"), request("::1")
        wrong = [asyncio.create_task(access.find(f"wrong{number}", here)) for number in range(MOST_WRONG)]
        await asyncio.sleep(0.1)
        with pytest.raises(TooManyWrongTokens):
            await access.find("wrong", here)
        wrong.append(asyncio.create_task(access.find("wrong", there)))
        assert await access.find(TOKEN, here)
        assert await asyncio.gather(*wrong) == [None] * (MOST_WRONG + 1)
        assert not await access.find("wrong", here)


def test_bars_stay_within_the_picture() -> None:
    """Also where one minute has a thousand times as many as another, and where nothing happened."""
    from datetime import UTC, datetime, timedelta

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    minutes = [Minute(begin + timedelta(minutes=n), posted=n * 997, skipped=n % 3, dead=n % 2) for n in range(60)]
    picture = chart(minutes)
    assert all(0 <= piece.y <= HEIGHT and piece.height > 0 for piece in picture.pieces)
    assert picture.most >= 59 * 997
    assert chart([Minute(begin)] * 60).pieces == []


async def test_those_who_ask_at_once_share_reads_that_begin_later() -> None:
    """Three hundred cost two reads, and nobody gets what was read before it asked; an error is for all who share it."""
    began: list[int] = []
    asked = 0

    async def read() -> int:
        began.append(asked)
        await asyncio.sleep(0.01)
        if len(began) == 3:
            raise DatabaseUnavailable("TimeoutError")
        return began[-1]

    shared = SharedRead(read)

    async def ask() -> bool:
        nonlocal asked
        asked += 1
        mine = asked
        return await shared.get() >= mine

    first = [asyncio.create_task(ask()) for _ in range(150)]
    while not began:
        await asyncio.sleep(0)
    second = [asyncio.create_task(ask()) for _ in range(150)]
    assert await asyncio.gather(*first, *second) == [True] * 300
    assert len(began) == 2
    answers = await asyncio.gather(ask(), ask(), return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseUnavailable}


async def test_idle_stream_of_a_page_says_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """By an event: a script hears no comment, and that of a token of a tenant gets no figures now and then."""
    monkeypatch.setattr(sse, "KEEP_ALIVE_SECONDS", 0.01)
    hub: Any = Ticker()
    hub.trouble = False
    access = Access(Tokens(()), Any)  # type: ignore[arg-type]
    given: Any = SimpleNamespace(access=access, hub=hub)
    scope = {"type": "http", "method": "GET", "path": "/events", "headers": [], "query_string": b""}
    sent = asyncio.Queue[bytes]()
    leave = asyncio.Event()

    async def receive() -> Message:
        await leave.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        await sent.put(message.get("body", b""))

    stream: Any = await Views(given).events(Request(scope))
    streaming: asyncio.Task[None] = asyncio.create_task(stream(scope, receive, send))
    async with asyncio.timeout(30):
        while b"event: alive\ndata: true\n\n" not in await sent.get():
            pass
        leave.set()
        await streaming


async def test_those_who_come_back_at_once_share_reads() -> None:
    """Of the dashboard and of the log: after a restart all of them come at the same moment."""
    reads: Counter[str] = Counter()

    class CountedFeed(Feed):
        async def _entries(self, *_: Any) -> list[Any]:
            reads["feed"] += 1
            await asyncio.sleep(0.01)
            return []

    class CountedLog(Log):
        async def _rows(self, *_: Any) -> list[Any]:
            reads["log"] += 1
            await asyncio.sleep(0.01)
            return [{"log_position": 9, "told_from": 1, "position": None}]

    feed, log, place = CountedFeed(cast("Any", None)), CountedLog(cast("Any", None)), Cursor.read("1~a")
    assert place is not None
    await asyncio.gather(*(feed.since(FeedFilter(), place) for _ in range(300)))
    await asyncio.gather(*(log.missed(number % 9, Topics.read([])) for number in range(300)))
    assert reads["feed"] <= 2
    assert reads["log"] <= 2
