"""What stands in an address instead of a token: keys of feed documents, and tickets of streams. Pure.

Addresses are kept by browsers and proxies, so neither is worth what its token is: a key reads feed documents and
nothing else, and a ticket opens streams for a minute. Both are signed with keys derived from the token, so that a new
token ends them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from autopost.web.tokens import Token, Tokens

TICKET_SECONDS = 60
STREAM_SECONDS = 3600  # how long a stream may go on that was opened with a ticket
_KEY_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of a token, for one tenant where it names one. Times are Unix times in seconds."""

    token: Token
    tenant: str | None
    expires_at: int
    stream_ends_at: int


def feed_key(token: Token) -> str:
    """Return the key with which feed documents can be read; it is the same as long as the token is."""
    signature = hmac.digest(token.key("feed key"), token.identity.name.encode(), hashlib.sha256)
    return f"{token.identity.name}.{base64.urlsafe_b64encode(signature).decode()[:_KEY_CHARACTERS]}"


def token_of_key(tokens: Tokens, key: str) -> Token | None:
    """Return the token of a key, None where it is none."""
    token = tokens.named(key.partition(".")[0])
    if token is None or not hmac.compare_digest(feed_key(token).encode(), key.encode(errors="replace")):
        return None
    return token


def sign_ticket(token: Token, tenant: str | None, now: float) -> str:
    """Return a ticket that can be used for TICKET_SECONDS."""
    content = {"x": int(now) + TICKET_SECONDS, "s": int(now) + STREAM_SECONDS, "t": tenant}
    return f"{token.identity.name}.{_serializer(token).dumps(content)}"


def read_ticket(tokens: Tokens, given: str) -> Ticket | None:
    """Return a ticket, which may have expired; None where it was not signed here."""
    name, _, signed = given.partition(".")
    token = tokens.named(name)
    if token is None:
        return None
    try:
        content: Any = _serializer(token).loads(signed)
    except BadData:
        return None
    return Ticket(token, content["t"], content["x"], content["s"])


def _serializer(token: Token) -> URLSafeSerializer:
    return URLSafeSerializer(
        token.key("ticket"), salt=b"autopost ticket", signer_kwargs={"digest_method": hashlib.sha256}
    )
