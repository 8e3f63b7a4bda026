"""What can happen to a completed operation in the platform's own transaction, for a comparison of its costs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.host import open_connection

from autopost.database.embedded import EmbeddedServer
from benchmarks.stand import Connection
from benchmarks.systems import HOST_TABLES, OURS, PGQUEUER, PROCRASTINATE, System, ready
from benchmarks.systems import installed_peers as installed
from benchmarks.trigger import NONE, set_trigger

State = Callable[[EmbeddedServer, Connection], contextlib.AbstractContextManager[object]]

# The doorbell's lock, which a sleeping worker holds alone (sql/queries/worker/arm.sql).
SLEEP = "select pg_advisory_lock(1635087471, hashtext('autopost'))"


def _as_it_is(_server: EmbeddedServer, _host: Connection) -> contextlib.AbstractContextManager[object]:
    return contextlib.nullcontext()


@contextlib.contextmanager
def _sleeper(server: EmbeddedServer, _host: Connection) -> Iterator[None]:
    """Hold the doorbell's lock all the time, as no worker does: it would wake at the first ring."""
    with open_connection(server.dsn(), autocommit=True) as connection:
        connection.execute(SLEEP)
        yield


@contextlib.contextmanager
def _worker(server: EmbeddedServer, host: Connection) -> Iterator[None]:
    """Run a worker, which posts what is completed meanwhile."""
    with ready(server, host, OURS, redaction=True) as running:
        running.begin()
        yield


@dataclass(frozen=True)
class Variant:
    """A trigger, and what goes on beside it."""

    name: str
    trigger: str
    beside: State = _as_it_is
    system: System | None = None


NOTHING = Variant("no trigger", NONE)
BARE_INSERT = Variant("bare outbox insert", "bare_insert")
NOTIFY_EACH = Variant("NOTIFY in each", "notify_each")
BUSY = Variant("autopost, workers busy", OURS.trigger)
ASLEEP = Variant("autopost, worker asleep", OURS.trigger, _sleeper)
BESIDE = Variant("autopost, a worker on the same processors", OURS.trigger, _worker)
PEERS = tuple(Variant(f"{peer.name}'s enqueue", peer.trigger, system=peer) for peer in (PGQUEUER, PROCRASTINATE))


def installed_peers() -> list[Variant]:
    """Return the peers that are there."""
    return [variant for variant in PEERS if variant.system in installed()]


@contextlib.contextmanager
def in_place(server: EmbeddedServer, host: Connection, variant: Variant) -> Iterator[None]:
    """Empty all tables and let this variant alone be there."""
    tables = [*HOST_TABLES, *(variant.system.tables if variant.system else ())]
    host.execute(f"truncate {', '.join(tables)} cascade".encode())
    set_trigger(host, variant.trigger)
    with variant.beside(server, host):
        yield
