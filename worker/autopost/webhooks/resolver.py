"""Resolves the names of targets without delaying anything else, to addresses that webhooks may reach."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Collection
from concurrent.futures import Future
from typing import Any

from autopost.errors import DeliveryFailed
from autopost.settings.webhooks import Network
from autopost.webhooks.addresses import Address, is_within, may_be_reached


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


class Gate:
    """Decides where connections may go: without TLS (`is_plain`) only within the networks that are allowed."""

    def __init__(self, allowed: Collection[Network], *, is_plain: bool) -> None:
        self._allowed = allowed
        self._is_plain = is_plain
        self._resolver = Resolver()

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a host that may be reached, at least one. Raises DeliveryFailed."""
        found = await self._resolver.resolve(host, port)
        reachable = [address for address in found if self._may_reach(address)]
        if not reachable:
            raise DeliveryFailed(self._refusal(host, found[0]))
        return reachable

    def _may_reach(self, address: Address) -> bool:
        if self._is_plain:
            return is_within(address, self._allowed)
        return may_be_reached(address, self._allowed)

    def _refusal(self, host: str, address: Address) -> str:
        leads = f"{host} is" if host.strip("[]") == str(address) else f"{host} leads to"
        why = "and webhooks go there over TLS only" if may_be_reached(address, self._allowed) else "no public address"
        return f"{leads} {address}, {why}; SOCIAL_POST_WEBHOOK_NETWORKS allows more"


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
