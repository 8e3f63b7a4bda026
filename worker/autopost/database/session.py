"""The worker's sessions: what they set, and how a pooler that lends a server connection per transaction is noticed.

Settings are set after connecting, as a pooler refuses startup parameters that it does not know. In a pooler's
transaction mode a session setting, a session lock, a LISTEN or a named statement would stay on a server connection that
others are given next. So every connection begins cautiously: each statement is in a transaction of its own, which sets
its settings locally, and no statement has a name. A connection that proves to be a session of its own stops that.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from types import SimpleNamespace
from typing import Any, TypeAlias

import asyncpg

from autopost.database.array_types import described
from autopost.database.errors import DATABASE_ERRORS

# Whatever the database's or the role's defaults are. The times, in milliseconds, keep a frozen worker from holding
# others up, and others from holding up a whole group.
SESSION: Mapping[str, str] = {
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "15000",
    # A pool and the listening connection are idle for longer than others' sessions should be.
    "idle_session_timeout": "0",
    "lock_timeout": "2000",
    # Planning again for each call's values takes longer than the statement, and leads to the same plan.
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "30000",
    # Names are compared as text with those that this version expects.
    "quote_all_identifiers": "off",
    # Every statement of a worker reaches a few rows by their keys. A plan that was kept from when a table was empty
    # would read it whole when it is not, and one that looks dear would be compiled each time.
    "enable_seqscan": "off",
    "jit": "off",
}
# Notifications reach an idle client of a pooler in session mode at once, and never one in transaction mode.
PROOF_CHANNEL = "auto_post_session"
NOTIFIED_SECONDS = 1.0
PROOF_SECONDS = 10.0  # including a second connection
_SERVER_PROCESS = "select pg_catalog.pg_backend_pid()"

Opener: TypeAlias = Callable[[], Awaitable["Connection"]]


class Connection(asyncpg.Connection):
    """A connection that ends when a statement is not answered within its time, or is no longer waited for.

    asyncpg would ask the server to cancel it and wait as long again for that, and in a transaction once more. The
    server ends a statement by itself at about the same time, so no answer means nobody there.

    `has_session` is whether it stays on one server process, so that session locks and LISTEN may be used. That process
    is `server_process`; get_server_pid() is what the other end of the connection said, which may be a pooler.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_session = False
        self.server_process = 0
        self._stmt_cache_enabled = False
        self._session: Mapping[str, str] = SESSION

    @property
    def pooler(self) -> str | None:
        """Return the mode of the pooler in between, None for a connection to the server itself."""
        if not self.has_session:
            return "transaction mode"
        return None if self.server_process == self.get_server_pid() else "session mode"

    async def begin_session(self, session: Mapping[str, str], another: Opener) -> None:
        """Apply settings: to the session where there is one, else to each transaction.

        `another` opens a second connection to the same address, which is needed behind a pooler alone.
        """
        self._session = session
        process: int = await self.fetchval(_SERVER_PROCESS)
        # A pooler gives its clients process ids of its own making.
        if process == self.get_server_pid() or await self._is_notified_when_idle(process, another):
            self.server_process = process
            await super().execute("; ".join(f"set {name} = '{value}'" for name, value in session.items()))
            self.has_session = self._stmt_cache_enabled = True

    async def _is_notified_when_idle(self, process: int, another: Opener) -> bool:
        notified = asyncio.Event()
        token = secrets.token_hex(8)

        def hear(_connection: object, _process: int, _channel: str, payload: object) -> None:
            if payload == token:
                notified.set()

        with contextlib.suppress(*DATABASE_ERRORS, asyncpg.InterfaceError):
            async with asyncio.timeout(PROOF_SECONDS):
                other = await another()
                try:
                    if await other.fetchval(_SERVER_PROCESS) != process:  # else both were given the same one
                        await self.add_listener(PROOF_CHANNEL, hear)
                        await other.execute("select pg_catalog.pg_notify($1, $2)", PROOF_CHANNEL, token)
                        async with asyncio.timeout(NOTIFIED_SECONDS):
                            await notified.wait()
                finally:
                    other.terminate()
        await self.remove_listener(PROOF_CHANNEL, hear)
        return notified.is_set()

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """Run a statement, or several; return the last one's tag."""
        if query.startswith("BEGIN") and not self.has_session:
            query = self._begin(query)
        result: str = await self._run(super().execute, query, *args, **options)
        return result

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """Return the rows of a statement."""
        return await self._run(super().fetch, query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        """Return the first row of a statement."""
        return await self._run(super().fetchrow, query, *args, **options)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """Return the first value of a statement."""
        return await self._run(super().fetchval, query, *args, **options)

    async def _introspect_types(self, typeoids: Collection[int], *arguments: Any) -> Any:
        """Return what asyncpg must know about types, and the statement that it was asked with."""
        known = described(typeoids)
        if known is not None:
            return known, SimpleNamespace(name="none")  # one without a name would have replaced the caller's
        return await super()._introspect_types(typeoids, *arguments)  # type: ignore[misc]

    def get_reset_query(self) -> str:
        """Return nothing to run when a connection goes back to its pool, where each use would pay for it.

        No statement of the worker changes its session, and asyncpg ends an open transaction by itself.
        """
        return ""

    async def _run(self, run: Callable[..., Awaitable[Any]], query: str, *args: Any, **options: Any) -> Any:
        """Run a statement, in a transaction where there is no session, and end the connection without an answer.

        Not a context manager, which would take longer than the driver's own work for a statement.
        """
        alone = not (self.has_session or query.startswith("BEGIN") or self._is_in_transaction())
        try:
            if not alone:
                return await run(query, *args, **options)
            await super().execute(self._begin("BEGIN"))
            try:
                result = await run(query, *args, **options)
            except BaseException as error:
                if not isinstance(error, (TimeoutError, asyncio.CancelledError)) and not self.is_closed():
                    await super().execute("ROLLBACK")
                raise
            await super().execute("COMMIT")
        except (TimeoutError, asyncio.CancelledError):
            self.terminate()
            raise
        return result

    def _is_in_transaction(self) -> bool:
        # asyncpg's own is_in_transaction() does not count a transaction that failed.
        return bool(self._protocol.is_in_transaction())  # type: ignore[attr-defined]

    def _begin(self, query: str) -> str:
        """Return a BEGIN with the session's settings for this transaction."""
        begin = query.rstrip("; ")
        if "ISOLATION LEVEL" not in begin:
            begin += f" ISOLATION LEVEL {self._session['default_transaction_isolation'].upper()}"
        return "; ".join([begin, *(f"set local {name} = '{value}'" for name, value in self._session.items())])
