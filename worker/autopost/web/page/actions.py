"""What the holder of the token may do: sign in and out, retry and skip dead letters, pause and resume."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from autopost.outbox.operator import OperatorActions
from autopost.web.access import TooManyWrong
from autopost.web.database import Database, NoAnswer, Refused
from autopost.web.page.views import Parts, turned_away

MOST_FORM_BYTES = 16_384
FORM_SECONDS = 10.0
WRONG = "This is not the token."
CROWDED = "Too many wrong tokens. Wait a moment."

log = structlog.get_logger(__name__)


class Actions:
    """Handlers of what changes something. Each ends in a redirect to a page that says what came of it."""

    def __init__(self, parts: Parts, database: Database) -> None:
        self._parts = parts
        self._operator = OperatorActions(database)

    async def sign_in_form(self, request: Request) -> Response:
        """Ask for the token."""
        if await self._parts.access.may_see(request):
            return RedirectResponse("./", 303)
        return self._sign_in_page(None, 200)

    async def sign_in(self, request: Request) -> Response:
        """Begin a session for whoever gives the token."""
        form = await read_form(request)
        try:
            is_token = await self._parts.access.is_token(form.get("token", "").strip())
        except TooManyWrong:
            return self._sign_in_page(CROWDED, 429)
        if not is_token:
            log.warning("a sign-in to the page was refused", client=request.client.host if request.client else None)
            return self._sign_in_page(WRONG, 401)
        response = RedirectResponse("./", 303)
        self._parts.access.begin(request, response)
        return response

    async def sign_out(self, _request: Request) -> Response:
        """End the session."""
        response = RedirectResponse("sign-in", 303)
        self._parts.access.end(response)
        return response

    async def retry(self, request: Request) -> Response:
        """Give a dead letter a new life."""
        form = await read_form(request)
        return await self._do(request, "retried", self._operator.retry, form.get("tracker", ""))

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
        *arguments: str,
        refused: str = "nothing",
    ) -> Response:
        if (refusal := await turned_away(self._parts, request)) is not None:
            return refusal
        if not self._parts.access.has_token:
            return PlainTextResponse("Without SOCIAL_POST_HTTP_TOKEN the page only shows.\n", 403)
        try:
            await act(*arguments)
            said = done
            log.info("somebody acted on the page", did=done)
        except Refused:
            said = refused
        except NoAnswer as error:
            said = "rights" if error.lacks_rights else "trouble"
        self._parts.figures.forget()
        self._parts.dead_letters.forget()
        return RedirectResponse(f"outbox?said={said}", 303)

    def _sign_in_page(self, problem: str | None, status: int) -> Response:
        html = self._parts.renderer.page(
            "sign_in", here="sign-in", said=None, trouble=None, signed_in=False, stream=None, problem=problem
        )
        return HTMLResponse(html, status)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; those of one that is too long, does not arrive, or is no form, are none."""
    body = b""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_FORM_BYTES:
                    return {}
    except (ClientDisconnect, TimeoutError):
        return {}
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: value.replace("\0", "") for name, value in pairs}


def _is_reason(text: str) -> bool:
    return 0 < len(text) <= 60 and all(part.isascii() and (part.isalnum() or part in " _-") for part in text)
