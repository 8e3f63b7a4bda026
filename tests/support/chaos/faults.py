"""The faults: each a context in which something is wrong, and at whose end it is right again."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

import psutil
import psycopg

from tests.support.chaos.arena import LEASE_SECONDS, WORKER_ROLE, Arena
from tests.support.chaos.hostile import HOSTILE
from tests.support.chaos.llm_moods import MOODS
from tests.support.host import open_connection, until
from tests.support.process_faults import clock, frozen, killed, killed_at, no_room, terminated
from tests.support.proxy import Mode, upstream_of
from tests.support.worker_dying_at import POINTS

Fault: TypeAlias = Callable[[Arena], contextlib.AbstractContextManager[None]]

BACKENDS = (
    "select pg_{verb}_backend(pid) from pg_stat_activity where application_name like '{name}%' and random() < 0.7"
)


@contextlib.contextmanager
def backends(verb: str, name: str, arena: Arena) -> Iterator[None]:
    """Terminate the backends of workers or of hosts, or cancel what they run, some of them, a few times."""
    with arena.owner() as owner:
        for _ in range(4):
            owner.rows(BACKENDS.format(verb=verb, name=name))
            arena.hold(0.05)
    yield


@contextlib.contextmanager
def crashed(arena: Arena) -> Iterator[None]:
    """SIGKILL for a backend: the server ends all of them and recovers."""
    with arena.owner() as owner, contextlib.suppress(psycopg.OperationalError, psutil.NoSuchProcess):
        pids = [
            row["pid"] for row in owner.rows("select pid from pg_stat_activity where application_name like 'auto%'")
        ]
        arena.dice.shuffle(pids)
        for pid in pids[:1]:
            if psutil.Process(pid).ppid() == arena.server.pid:  # it might have ended, and be another process now
                os.kill(pid, signal.SIGKILL)
    yield


@contextlib.contextmanager
def restarted(arena: Arena) -> Iterator[None]:
    """The server is stopped in immediate mode and started."""
    arena.server.restart()
    yield


@contextlib.contextmanager
def cut(arena: Arena) -> Iterator[None]:
    """Every connection of a worker is reset."""
    arena.proxy.cut()
    yield


@contextlib.contextmanager
def network(mode: Mode, seconds: float, arena: Arena) -> Iterator[None]:
    """The network does this for a time, to old and new connections."""
    arena.proxy.become(mode)
    try:
        arena.hold(seconds)
    finally:
        arena.proxy.heal()
    yield


@contextlib.contextmanager
def refused(arena: Arena) -> Iterator[None]:
    """Nobody listens for a while."""
    arena.proxy.refuse()
    arena.proxy.cut()
    try:
        arena.hold(1.0)
    finally:
        arena.proxy.allow()
    yield


@contextlib.contextmanager
def failed_over(arena: Arena) -> Iterator[None]:
    """The server is reached at another address from now on."""
    here = upstream_of(arena.server.dsn())
    arena.proxy.upstream = ("127.0.0.1", arena.standby.port) if arena.proxy.upstream == here else here
    arena.proxy.cut()
    arena.standby.cut()
    yield


@contextlib.contextmanager
def llm(mood: str, arena: Arena) -> Iterator[None]:
    """The LLM is in a bad mood for a while."""
    arena.llm.become(mood)
    try:
        arena.hold(1.2)
    finally:
        arena.llm.become(None)
    yield


@contextlib.contextmanager
def disk_full(arena: Arena) -> Iterator[None]:
    """No row of the outbox can be written, neither by hosts nor by workers."""
    with no_room(arena):
        arena.hold(1.0)
    yield


@contextlib.contextmanager
def role(setting: str, back: str, arena: Arena) -> Iterator[None]:
    """The workers' role is changed, and they have to connect again; then it is changed back."""
    with arena.owner() as owner:
        owner.execute(f"alter role {WORKER_ROLE} {setting}")
    arena.proxy.cut()
    try:
        arena.hold(1.0)
    finally:
        with arena.owner() as owner:
            owner.execute(f"alter role {WORKER_ROLE} {back}")
        arena.proxy.cut()
    yield


@contextlib.contextmanager
def locked(table: str, arena: Arena) -> Iterator[None]:
    """Somebody locks a table for longer than a worker waits for a lock."""
    with open_connection(arena.server.dsn()) as connection:
        connection.execute(f"lock table {table} in access exclusive mode".encode())
        arena.hold(2.5)
    yield


@contextlib.contextmanager
def trigger_disabled(arena: Arena) -> Iterator[None]:
    """The trigger captures nothing; the reconciler finds it later, and races with the trigger when that is back."""
    with arena.owner() as owner:
        owner.execute(
            "begin; alter table operation_trackers disable trigger auto_post_capture; "
            "insert into chaos_gaps default values; commit"
        )
    try:
        arena.hold(1.0)
    finally:
        with arena.owner() as owner:
            owner.execute(
                "begin; alter table operation_trackers enable trigger auto_post_capture; delete from chaos_gaps; commit"
            )
    yield


@contextlib.contextmanager
def tiny_retention(arena: Arena) -> Iterator[None]:
    """A worker with the owner's rights joins that keeps finished rows for less than a second, for a while."""
    joining = arena.start_worker(
        DATABASE_URL=arena.proxy.dsn("postgres", user="postgres"),
        SOCIAL_POST_RETENTION_DAYS="0.00001",
        SOCIAL_POST_MAINTENANCE_SECONDS="0.1",
    )
    until(lambda: joining.works or not joining.runs)
    arena.hold(1.5)
    joining.signal(signal.SIGTERM)
    yield


FAULTS: dict[str, Fault] = {
    "worker killed": killed,
    **{f"worker killed: {point}": partial(killed_at, point) for point in POINTS},
    "worker frozen past its lease": frozen,
    "SIGTERM to all workers": terminated,
    "workers' backends terminated": partial(backends, "terminate", "autopost"),
    "workers' statements cancelled": partial(backends, "cancel", "autopost"),
    "hosts' backends terminated": partial(backends, "terminate", "chaos host"),
    "a backend killed: crash recovery": crashed,
    "server restarted, immediate": restarted,
    "connections reset": cut,
    "half-open: both directions": partial(network, Mode.SWALLOW, 1.5),
    "half-open: answers lost": partial(network, Mode.SWALLOW_DOWN, 1.5),
    "half-open: requests lost": partial(network, Mode.SWALLOW_UP, 1.5),
    "network stalls past the lease": partial(network, Mode.STALL, LEASE_SECONDS + 1),
    "network trickles": partial(network, Mode.TRICKLE, 1.5),
    "COMMIT not acknowledged": partial(network, Mode.CUT_AFTER_COMMIT, 1.0),
    "connections refused": refused,
    "fail-over to another address": failed_over,
    **{f"LLM {mood}": partial(llm, mood) for mood in MOODS},
    "clock 5 hours ahead": partial(clock, 5),
    "clock 5 hours behind": partial(clock, -5),
    "disk full (53100)": disk_full,
    "too many connections (53300)": partial(role, "connection limit 1", "connection limit -1"),
    "read-only (25006)": partial(role, "set default_transaction_read_only = on", "reset default_transaction_read_only"),
    "outbox locked (55P03)": partial(locked, "auto_post_outbox"),
    "feed locked (55P03)": partial(locked, "social_posts"),
    "trigger disabled": trigger_disabled,
    "retention of a second": tiny_retention,
    **HOSTILE,
}
