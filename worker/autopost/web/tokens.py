"""The tokens that give access, and what each allows. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

_SALT = b"autopost page 3"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a request: the name of the token, whether it may act, and the one tenant whose posts it may see.

    Without a tenant it may see the posts of all.
    """

    name: str
    may_act: bool = False
    tenant: str | None = None


# Who makes a request where no token is set: anyone on this machine, who may look.
ANYONE = Identity("anyone")


@dataclass(frozen=True)
class Token:
    """A token, of which only the SHA-256 is kept."""

    identity: Identity
    digest: bytes

    @cached_property
    def _key(self) -> bytes:
        # Costly on purpose (about 40 ms), so that a weak token cannot be guessed quickly from what is signed with it.
        return hashlib.scrypt(self.digest, salt=_SALT, n=2**14, r=8, p=1)

    def key(self, purpose: str) -> bytes:
        """Return a key for signing; those of different purposes say nothing of each other."""
        return hmac.digest(self._key, purpose.encode(), hashlib.sha256)


class Tokens:
    """All tokens, by name. They may be replaced while requests are served."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._tokens = {token.identity.name: token for token in tokens}

    def replace(self, tokens: Iterable[Token]) -> None:
        """Know these tokens from now on. Those that are the same stay the same objects, with the keys they have."""
        known = {token: token for token in self}
        self._tokens = {token.identity.name: known.get(token, token) for token in tokens}

    def __contains__(self, token: object) -> bool:
        """Return whether this very token is known, and allows what it did."""
        return isinstance(token, Token) and self._tokens.get(token.identity.name) == token

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens.values())

    def __len__(self) -> int:
        return len(self._tokens)

    def named(self, name: str) -> Token | None:
        """Return the token of a name."""
        return self._tokens.get(name)

    def find(self, given: str) -> Token | None:
        """Return the token that is given, in a time that does not depend on which one it is."""
        digest = digest_of(given)
        found = None
        for token in self:
            if hmac.compare_digest(digest, token.digest):
                found = token
        return found


def digest_of(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
