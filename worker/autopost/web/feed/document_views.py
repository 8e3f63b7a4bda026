"""`/feed.json` and `/feed.atom`: a page of posts, what it says of itself, and where the other pages are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response

from autopost.outbox.cursor import Cursor
from autopost.web.access import InAddress
from autopost.web.errors import InvalidPage
from autopost.web.feed.documents import Heading, Post
from autopost.web.feed.subscription import FeedContext
from autopost.web.filter import FeedFilter

Write = Callable[[Heading, Sequence[Post]], bytes]
BEFORE = "before"
# What the addresses in a document depend on, beside who asks.
_VARY = "authorization, cookie, host, x-forwarded-proto, x-forwarded-prefix"


async def show_document(context: FeedContext, write: Write, media_type: str, request: Request) -> Response:
    """Return a page of posts, the newest first; a client that has it already gets 304 by its ETag.

    Raises TokenRequired, OtherTenant, InvalidPage and DatabaseUnavailable.
    """
    grant = await context.access.require(request, InAddress.KEY)
    wanted = FeedFilter.read(request.query_params)
    wanted = replace(wanted, silent=False, tenant=grant.tenant(wanted.tenant))
    given = request.query_params.get(BEFORE)
    before = Cursor.read(given)
    if given and before is None:
        raise InvalidPage
    page = await context.posts.page(wanted, before)
    installation = await context.access.installation()
    body = write(_heading(context, request, wanted, before, page.older, installation), page.posts)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": _VARY, "referrer-policy": "no-referrer"}
    if tag in (given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _heading(
    context: FeedContext,
    request: Request,
    wanted: FeedFilter,
    before: Cursor | None,
    older: Cursor | None,
    installation: str,
) -> Heading:
    root = context.address.root(request)
    address = f"{root}{request.url.path.lstrip('/')}"
    key = request.query_params.get(InAddress.KEY) or ""
    kind = {"alert": "alerts", "status": "status posts"}.get(wanted.kind or "", "posts")
    of = f"{wanted.agent or 'all agents'}{f' of {wanted.tenant}' if wanted.tenant else ''}"
    of_feed = wanted.query()

    def page(place: Cursor | None) -> str:
        query = wanted.query(before=str(place) if place is not None else "", key=key)
        return f"{address}{f'?{query}' if query else ''}"

    return Heading(
        title=f"autopost: {kind} of {of}",
        address=page(before),
        dashboard=f"{root}{f'?{of_feed}' if of_feed else ''}",
        id=uuid5(NAMESPACE_URL, f"autopost:feed:{installation}:{of_feed}").urn,
        first=page(None) if before is not None else None,
        next=page(older) if older is not None else None,
        permalink=partial(_permalink, root) if context.has_page else None,
    )


def _permalink(root: str, post_id: str) -> str:
    return f"{root}post/{quote(post_id, safe='')}"
