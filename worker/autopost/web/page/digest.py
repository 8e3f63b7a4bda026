"""`/digest`: what the agents did in the last hours. A query every minute serves every viewer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autopost.outbox.summary import Summary, Whose, read_summary
from autopost.outbox.summary_text import MOST_AGENTS, by_alerts, kinds_in_words
from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.errors import DatabaseUnavailable
from autopost.web.page.views import DashboardContext, frame

SPANS = ((1, "1 hour"), (24, "24 hours"), (168, "7 days"))
USUAL_HOURS = 24
CACHED_SECONDS = 60.0


class DigestView:
    """The handler of the page."""

    def __init__(self, context: DashboardContext, database: Database) -> None:
        self._context = context
        self._database = database

    async def show(self, request: Request) -> Response:
        """Show a summary of a span; of the usual one where the address names another."""
        grant = await self._context.access.require(request)
        given = request.query_params.get("hours", "")
        hours = next((hours for hours, _ in SPANS if str(hours) == given), USUAL_HOURS)
        tenant = grant.identity.tenant
        cached = self._context.summaries.setdefault(
            (hours, tenant), Cached(partial(self._read, hours, tenant), CACHED_SECONDS)
        )
        summary: Summary | None = None
        trouble = None
        try:
            summary = await cached.get()
        except DatabaseUnavailable as error:
            trouble = error
            cached.invalidate()  # the next look may find the database back
        html = self._context.renderer(grant).page(
            "digest",
            here="digest",
            stream=None,
            spans=SPANS,
            chosen=hours,
            summary=summary,
            **(_shown(summary) if summary else {}),
            **frame(self._context, request, grant, trouble),
        )
        return HTMLResponse(html, 200 if summary is not None else 503)

    async def _read(self, hours: int, tenant: str | None) -> Summary:
        until = datetime.now(UTC)
        whose = Whose(tenants=None if tenant is None else [tenant])
        return await read_summary(self._database, until - timedelta(hours=hours), until, whose)


def _shown(summary: Summary) -> dict[str, object]:
    """Return what the page shows of a summary beside itself: the first agents, each with what it did."""
    alerting, busy = by_alerts(summary), [agent for agent in summary.agents if agent.completed]
    not_posted = sum(summary.not_posted.values())
    return {
        "busy": len(busy),
        "not_posted": not_posted,
        "is_empty": not (summary.agents or summary.approvals or not_posted or summary.posted),
        "alerts": [(each, kinds_in_words(each.alerts, with_status=True)) for each in alerting[:MOST_AGENTS]],
        "more_alerts": len(alerting[MOST_AGENTS:]),
        "completed": [(each, kinds_in_words(each.completed)) for each in busy[:MOST_AGENTS]],
        "more_completed": len(busy[MOST_AGENTS:]),
    }
