"""A receiver, webhooks that point to it, and a log that is delivered."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.settings import load_settings
from tests.support.host import Host
from tests.support.webhooks.delivering import Log
from tests.support.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that takes everything until it is told otherwise."""
    with Receiver() as running:
        yield running


@pytest.fixture
def secret() -> str:
    """Return a secret for signatures, as it stands in a file."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def posts(host: Host) -> Log:
    """Return the log, with the webhook's offset at its beginning."""
    host.execute("insert into auto_post_consumers (name) values ('webhook:out')")
    return Log(host)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return connections as a worker has them."""
    opened = await create_pool(load_settings(database_url=database), "test", size=4)
    yield opened
    await opened.close()
