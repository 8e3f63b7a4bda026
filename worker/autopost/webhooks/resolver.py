"""Resolves the names of targets without keeping anything else waiting."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

from autopost.errors import DeliveryFailed
from autopost.webhooks.addresses import Address


class Resolver:
    """Resolves one name at a time, in a daemon thread.

    A name server that does not answer holds such a thread for half a minute. The threads of the event loop and of anyio
    are joined at the end of a process, which would wait for it, and the loop's resolve the database's name too.
    """

    def __init__(self) -> None:
        self._host = ""
        self._running: Future[Any] | None = None

    async def resolve(self, host: str, port: int) -> list[Address]:
        """Return the addresses, each once, in the order in which to try them. Raises DeliveryFailed."""
        host = host.strip("[]")
        if self._running is None or self._running.done():
            self._host, self._running = host, _in_daemon_thread(host, port)
        elif self._host != host:
            raise DeliveryFailed(f"the name server has not answered for {self._host} yet")
        try:
            found = await asyncio.wrap_future(self._running)
        except (OSError, UnicodeError):
            raise DeliveryFailed(f"{host} has no address") from None
        # Without a zone: a link-local address is refused in any case.
        return list(dict.fromkeys(ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found))


def _in_daemon_thread(host: str, port: int) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()  # so that no task that stops waiting cancels it for the others

    def run() -> None:
        try:
            future.set_result(look_up(host, port))
        except Exception as error:  # noqa: BLE001 - for the tasks that wait
            future.set_exception(error)

    threading.Thread(target=run, name=f"resolve {host}", daemon=True).start()
    return future


def look_up(host: str, port: int) -> Any:
    """Return what the system knows of a name. Raises OSError and UnicodeError."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
