"""Where a browser goes after it has signed in: back to the page that it asked for, and to nothing outside. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request

MOST_CHARACTERS = 1_000
# A path within the dashboard: relative, of plain segments, none of which begins with a dot. So it has no host, no
# scheme and no step upwards, whatever a browser makes of backslashes, slashes and control characters.
_PAGE = re.compile(
    r"(?:[a-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)?(?:\?[A-Za-z0-9._~%&=+*:,/-]*)?"
)


def root_from(request: Request) -> str:
    """Return the dashboard's address relative to that of a request, which ends with a slash."""
    depth = request.url.path.count("/") - 1
    return "../" * depth or "./"


def sign_in_address(request: Request) -> str:
    """Return the address of the form, relative to that of a request, to which it leads back."""
    query = request.url.query
    page = page_of(f"{request.url.path.lstrip('/')}{f'?{query}' if query else ''}")
    back = f"?next={quote(page, safe='')}" if page else ""
    return f"{root_from(request).removeprefix('./')}sign-in{back}"


def page_of(given: str) -> str:
    """Return a page within the dashboard, relative to its root; empty for the feed and for anything else."""
    page = given if len(given) <= MOST_CHARACTERS and _PAGE.fullmatch(given) else ""
    return "" if re.split(r"[/?]", page)[0] in ("sign-in", "sign-out") else page
