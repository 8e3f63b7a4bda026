"""Sessions of the dashboard: a signed cookie each, and the list of those that were signed out, in the database.

A cookie names the token that it was given for, and the Unix time at which its session ends; the end and not the
beginning, so that it does not matter whether the clocks of all processes agree. It is signed with a key derived from
the token, so that a new token ends all of its sessions.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer

from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.errors import DatabaseUnavailable
from autopost.web.tokens import Token, Tokens

SESSION_SECONDS = 12 * 3600
READ_SECONDS = 1.0  # after which the list of ended sessions is read again, while anyone has a session
MOST_ENDED_HERE = 10_000  # of which those that end first are forgotten; each needs a token


@dataclass(frozen=True, slots=True)
class Session:
    """A session whose cookie was signed with its token. `digest` is what the database has of it."""

    token: Token
    ends_at: int
    digest: str


class Sessions:
    """Signs and reads cookies, and ends sessions, for every process of one installation."""

    def __init__(self, tokens: Tokens, database: Database) -> None:
        self._tokens = tokens
        self._database = database
        self._list = Cached(self._read, READ_SECONDS)
        self._installation: str | None = None
        self._ended: frozenset[str] = frozenset()
        self._ended_here: dict[str, float] = {}  # with the Unix times at which they end by themselves
        self._unsaved: set[str] = set()

    async def installation(self) -> str:
        """Return a name of the installation, which all of its processes share. Raises DatabaseUnavailable."""
        if self._installation is None:
            await self._list.get()
        assert self._installation is not None
        return self._installation

    async def cookie(self, token: Token, ends_at: float) -> str:
        """Return the value of a cookie for a new session that ends at a Unix time. Raises DatabaseUnavailable."""
        signer = _signer(token, await self.installation())
        return signer.sign(f"{token.identity.name}.{int(ends_at)}-{secrets.token_urlsafe(12)}").decode()

    async def read(self, cookie: str) -> Session | None:
        """Return the session of a cookie, None where it was not signed or is over. Raises DatabaseUnavailable."""
        token = self._tokens.named(cookie.partition(".")[0])
        if token is None:
            return None
        try:
            content = _signer(token, await self.installation()).unsign(cookie).decode()
        except BadSignature:
            return None
        ends_at = int(content.partition(".")[2].partition("-")[0])
        session = Session(token, ends_at, hashlib.sha256(content.encode()).hexdigest())
        return None if ends_at <= time.time() or await self.has_ended(session) else session

    async def has_ended(self, session: Session) -> bool:
        """Return whether a session was signed out; while the database does not answer, by what was read before."""
        if session.digest in self._ended_here:
            return True
        with contextlib.suppress(DatabaseUnavailable):  # which was logged
            self._ended = await self._list.get()
        return session.digest in self._ended

    async def end(self, session: Session) -> bool:
        """End a session, here at once and elsewhere within seconds; return whether the database has stored it.

        What it did not store is stored when it answers again.
        """
        now = time.time()
        self._ended_here = {digest: end for digest, end in self._ended_here.items() if end > now}
        self._ended_here[session.digest] = session.ends_at
        if len(self._ended_here) > MOST_ENDED_HERE:
            del self._ended_here[min(self._ended_here, key=self._ended_here.__getitem__)]
        self._unsaved.add(session.digest)
        try:
            await self._save()
        except DatabaseUnavailable:
            return False
        return True

    async def _save(self) -> None:
        for digest in list(self._unsaved & self._ended_here.keys()):
            ends_at = datetime.fromtimestamp(self._ended_here[digest], UTC)
            await self._database.fetch("web/end_session", digest, ends_at)
            self._unsaved.discard(digest)
        self._unsaved &= self._ended_here.keys()

    async def _read(self) -> frozenset[str]:
        await self._save()
        rows = await self._database.fetch("web/sessions")
        if not rows:
            raise DatabaseUnavailable("auto_post_control has lost its row")
        self._installation = rows[0]["installation"]
        return frozenset(rows[0]["ended"])


def _signer(token: Token, installation: str) -> Signer:
    return Signer(token.key("session"), salt=f"autopost {installation}", digest_method=hashlib.sha256)
