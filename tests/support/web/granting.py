"""Access as a process opens it, on a real database."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import HTTPConnection

from autopost.settings import load_settings
from autopost.web.access import Access, open_access
from tests.support.host import SCHEMAS
from tests.support.web.browsing import TOKEN


@contextlib.asynccontextmanager
async def access_to(dsn: str, **given: Any) -> AsyncIterator[Access]:
    """Yield access with the token of tests, or with what the settings give."""
    settings = load_settings(database_url=dsn, **{"http_token": TOKEN, **given})
    async with open_access(settings, SCHEMAS) as access:
        yield access


def request(client: str = "192.0.2.1", **headers: str) -> HTTPConnection:
    """Return a request with these headers."""
    given = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": given, "client": (client, 1), "query_string": b""})


async def cookie_of(access: Access, ends_at: float, name: str = "http-token") -> str:
    """Return the header Cookie of a session that ends at a Unix time."""
    token = access.tokens.named(name)
    assert token is not None
    cookie = await access._sessions.cookie(token, ends_at)
    return f"autopost_{await access.installation()}={cookie}"
