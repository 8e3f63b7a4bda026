"""Actions that need the token: sign in and out, retry and skip dead letters, pause and resume."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from autopost.outbox.operator import OperatorActions
from autopost.web.access import given_token
from autopost.web.database import Database, NothingToDo
from autopost.web.errors import ActionsForbidden, DatabaseUnavailable, TooManyWrongTokens, respond
from autopost.web.page.return_to import page_of, sign_in_address
from autopost.web.page.views import DashboardContext

WRONG = "This is not the token."
MOST_RETRIED = 100_000  # dead letters, by one request
CROWDED = "Too many wrong tokens. Wait a moment."
NOT_NOW = "The database does not answer, and nobody can sign in without it."
NO_RIGHTS = "The dashboard's database role may not read this. Grant it auto_post_reader."
ENDED_HERE = "You are signed out here. Other processes of autopost will know when the database answers again."

log = structlog.get_logger(__name__)


class Actions:
    """Handlers that change something. Each ends in a redirect to a page that shows the outcome."""

    def __init__(self, context: DashboardContext, database: Database) -> None:
        self._context = context
        self._operator = OperatorActions(database)

    async def sign_in_form(self, request: Request) -> Response:
        """Ask for the token."""
        page = page_of(request.query_params.get("next", ""))
        problem = None
        try:
            if await self._context.access.grant(request) is not None:
                return RedirectResponse(f"./{page}", 303)
        except DatabaseUnavailable as error:
            problem = NO_RIGHTS if error.lacks_rights else NOT_NOW
        return self._sign_in_page(problem, 503 if problem else 200, page)

    async def sign_in(self, request: Request) -> Response:
        """Start a session, given the token, and go to the page that was asked for."""
        form = await read_form(request)
        page = page_of(form.get("next", ""))
        try:
            token = await self._context.access.find(form.get("token", "").strip(), request)
        except TooManyWrongTokens:
            return self._sign_in_page(CROWDED, 429, page)
        if token is None:
            log.warning("dashboard.sign_in_refused", client=request.client.host if request.client else None)
            return self._sign_in_page(WRONG, 401, page)
        response = RedirectResponse(f"./{page}", 303)
        try:
            await self._context.access.start_session(token, request, response)
        except DatabaseUnavailable as error:
            return self._sign_in_page(NO_RIGHTS if error.lacks_rights else NOT_NOW, 503, page)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session, in every process."""
        response: Response = RedirectResponse("sign-in", 303)
        if not await self._context.access.end_session(request, response):
            cookies = response.headers.getlist("set-cookie")
            response = self._sign_in_page(ENDED_HERE, 503, "")
            for cookie in cookies:
                response.headers.append("set-cookie", cookie)
        return response

    async def retry(self, request: Request) -> Response:
        """Retry a dead letter."""
        form = await read_form(request)
        return await self._do(request, "retried", self._operator.retry, form.get("tracker", ""))

    async def retry_all(self, request: Request) -> Response:
        """Retry all dead letters, which the form must confirm."""
        form = await read_form(request)
        if form.get("confirm") != "all":
            return RedirectResponse("outbox?said=nothing", 303)
        return await self._do(request, "all-retried", self._operator.retry_all, None, MOST_RETRIED)

    async def skip(self, request: Request) -> Response:
        """End a dead letter as skipped."""
        form = await read_form(request)
        tracker_id, reason = form.get("tracker", ""), form.get("reason", "").strip()
        refused = "nothing" if _is_reason(reason) else "reason"
        return await self._do(request, "skipped", self._operator.skip, tracker_id, reason, refused=refused)

    async def pause(self, request: Request) -> Response:
        """Stop claiming."""
        return await self._do(request, "paused", self._operator.pause)

    async def resume(self, request: Request) -> Response:
        """Go on claiming."""
        return await self._do(request, "resumed", self._operator.resume)

    async def _do(
        self,
        request: Request,
        done: str,
        act: Callable[..., Awaitable[object]],
        *arguments: object,
        refused: str = "nothing",
    ) -> Response:
        grant = await self._context.access.require(request)
        if not self._context.access.has_token:
            return PlainTextResponse("Without SOCIAL_POST_HTTP_TOKEN the dashboard is read-only.\n", 403)
        if not grant.identity.may_act:
            raise ActionsForbidden
        try:
            await act(*arguments)
            notice = done
            log.info("dashboard.action", action=done, token=grant.identity.name)
        except NothingToDo:
            notice = refused
        except DatabaseUnavailable as error:
            notice = "rights" if error.lacks_rights else "trouble"
        self._context.forget()
        return RedirectResponse(f"outbox?said={notice}", 303)

    def _sign_in_page(self, problem: str | None, status: int, page: str) -> Response:
        html = self._context.reading.page(
            "sign_in",
            here="sign-in",
            notice=None,
            trouble=None,
            signed_in=False,
            sees_all=False,
            stream=None,
            problem=problem,
            next=page,
        )
        return HTMLResponse(html, status)


async def ask_for_token(request: Request, error: Exception) -> Response:
    """Return the response to a request without the token: the form for browsers, else 401."""
    is_browser = "text/html" in request.headers.get("accept", "") and given_token(request) is None
    if is_browser and request.method in ("GET", "HEAD"):
        return RedirectResponse(sign_in_address(request), 303)
    return await respond(request, error)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form: none when it is not a form."""
    try:
        body = (await request.body()).decode("utf-8", "replace")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=20)
    except (ClientDisconnect, ValueError):
        return {}
    return {name: value.replace("\0", "") for name, value in pairs}


def _is_reason(text: str) -> bool:
    return 0 < len(text) <= 60 and all(part.isascii() and (part.isalnum() or part in " _-") for part in text)
