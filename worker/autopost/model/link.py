"""Links from posts to the platform, and whether a link may be shown. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from urllib.parse import quote, urlsplit

from autopost.model import Operation

MOST_CHARACTERS = 2_000  # what every browser and chat accepts
FIELDS = ("tracker_id", "operation_type", "agent_id", "tenant_id")
_START = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[\x21-\x7e]*")
# Percent-encoded like RFC 3986, section 2 wants it: what ends a link in HTML, Markdown or a chat's markup is not in it.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?")


class LinkTemplate:
    """An https address with fields of an operation in braces."""

    def __init__(self, text: str) -> None:
        """Raise ValueError for anything else than an https address with known fields after the host."""
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise ValueError(f"braces that do not match: {error}") from None
        for literal, name, specification, conversion in parts:
            if not literal.isascii() or not literal.isprintable() or " " in literal:
                raise ValueError("characters that an address does not have")
            if name is not None and (name not in FIELDS or specification or conversion):
                raise ValueError(f"{{{name}}} is none of {', '.join(FIELDS)}")
        if not _START.fullmatch(parts[0][0] if parts else ""):
            raise ValueError("it must begin with https:// and a host, before any field")
        self.text = text
        self._parts = [(literal, name) for literal, name, _, _ in parts]

    def of(self, **fields: str | None) -> str | None:
        """Return the link of an operation, each field percent-encoded; None where it would lead somewhere else.

        A value of dots alone would be a step in the path, and a missing one would leave it incomplete.
        """
        link = ""
        for literal, name in self._parts:
            link += literal
            if name is None:
                continue
            value = fields.get(name)
            if not value or not value.strip("."):
                return None
            link += quote(value, safe="", errors="replace")
        return shown_link(link)


@dataclass(frozen=True, slots=True)
class Links:
    """Where posts lead: to the platform, and the public address of the dashboard, without a slash at its end."""

    template: LinkTemplate | None = None
    public_url: str | None = None

    def of(self, operation: Operation, post_id: str) -> str | None:
        """Return the link of a post to the platform; of an approval request, where there is none, its permalink.

        A summary of several operations has no link.
        """
        if self.template is not None and operation.summary is None:
            link = self.template.of(
                tracker_id=operation.tracker_id,
                operation_type=operation.operation_type,
                agent_id=operation.agent_id,
                tenant_id=operation.tenant_id,
            )
            if link is not None:
                return link
        if operation.is_approval and self.public_url is not None:
            return shown_link(f"{self.public_url}/post/{quote(post_id, safe='')}")
        return None


def shown_link(value: object) -> str | None:
    """Return a link that may be shown, None for any other value: a platform can write anything there."""
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or not _LINK.fullmatch(value):
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:
        return None
