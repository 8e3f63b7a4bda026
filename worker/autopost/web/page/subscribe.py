"""`/subscribe`: the addresses of the feeds, with a key for readers that know only addresses."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autopost.web.access import InAddress
from autopost.web.filter import FeedFilter
from autopost.web.page.views import DashboardContext
from autopost.web.signed import feed_key

DOCUMENTS = {"Atom": "feed.atom", "JSON Feed": "feed.json"}


async def show_addresses(context: DashboardContext, request: Request) -> Response:
    """Show the addresses, of the posts that the query asks for. Raises TokenRequired and OtherTenant."""
    grant = await context.access.require(request)
    wanted = FeedFilter.read(request.query_params)
    wanted = replace(wanted, silent=False, tenant=grant.tenant(wanted.tenant))
    key = {InAddress.KEY.value: feed_key(grant.token)} if grant.token is not None else {}
    query = wanted.query(**key)
    root = context.access.address.root(request)
    html = context.renderer(grant).page(
        "subscribe",
        here="subscribe",
        notice=None,
        trouble=None,
        signed_in=context.access.has_token,
        sees_all=grant.identity.tenant is None,
        stream=None,
        addresses=[(name, f"{root}{path}{f'?{query}' if query else ''}") for name, path in DOCUMENTS.items()],
        has_key=bool(key),
    )
    return HTMLResponse(html, headers={"referrer-policy": "no-referrer"})
