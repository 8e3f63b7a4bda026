"""Looks names up without keeping anybody else waiting."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from typing import Any

from autopost.webhooks.addresses import Address
from autopost.webhooks.refusals import NotDelivered


class Names:
    """Looks up one name at a time, in a thread of its own that nobody waits for at the end.

    A name server that does not answer holds such a thread for half a minute, and it cannot be broken off. In the
    threads that an event loop has for this it would hold up who looks for the database, and the end of the process.
    """

    def __init__(self) -> None:
        self._running: tuple[str, asyncio.Future[Any]] | None = None

    async def addresses_of(self, host: str, port: int) -> list[Address]:
        """Return the addresses, each once, in the order in which they are to be tried. Raises NotDelivered."""
        host = host.strip("[]")
        if self._running is None or self._running[1].done():
            self._running = (host, _in_a_thread(host, port))
        elif self._running[0] != host:
            raise NotDelivered(f"the name server has not answered for {self._running[0]} yet")
        try:
            found = await asyncio.shield(self._running[1])
        except (OSError, UnicodeError):
            raise NotDelivered(f"{host} has no address") from None
        # Without a zone: a link-local address is refused in any case.
        return list(dict.fromkeys(ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found))


def _in_a_thread(host: str, port: int) -> asyncio.Future[Any]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(answer: Any, error: Exception | None) -> None:
        if not future.done():
            if error is None:
                future.set_result(answer)
            else:
                future.set_exception(error)
                future.exception()  # it may be that nobody waits any more

    def ask() -> None:
        answer, trouble = None, None
        try:
            answer = look_up(host, port)
        except Exception as error:  # noqa: BLE001 - for whoever waits
            trouble = error
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, answer, trouble)

    threading.Thread(target=ask, name=f"name of {host}", daemon=True).start()
    return future


def look_up(host: str, port: int) -> Any:
    """Return what the system knows of a name. Raises OSError and UnicodeError."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
