"""A worker lives through each trouble of its connections: by itself, without haste, and it says so."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import psutil
import psycopg
import pytest

from tests.conftest import EMBEDDED_VERSION
from tests.observability.test_monitoring import Monitoring
from tests.support.crew import Crew, Member, crew
from tests.support.host import Host, open_connection, until
from tests.support.own_server import OwnServer, install, own_server
from tests.support.proxy import Mode, Proxy, upstream_of

ROLE = "patient"
# What a worker may do in a second in which all fails. A loop without a pause would use the whole of it.
MOST_CPU_SECONDS = 0.5
MOST_ERRORS = 25
MOST_LINES = 12
PATIENT_AT_FIRST = {"SOCIAL_POST_STARTUP_WAIT_SECONDS": "60"}  # the machine may stall while a hasty one starts
FAILING = """
create table failing (code text);
insert into failing values (null);
grant select on failing to public;
create function fail() returns trigger language plpgsql as $$
declare
    v_code text := (select code from public.failing);
begin
    if v_code is not null then
        raise exception 'no' using errcode = v_code;
    end if;
    return new;
end $$;
create trigger failing before update on auto_post_outbox for each row execute function fail();
create trigger failing before insert or update on auto_post_workers for each row execute function fail();
"""


class Watched(Monitoring):
    """What a member of a crew answers."""

    def __init__(self, member: Member) -> None:
        self.member = member
        found = until(lambda: re.search(r'"address": "(http://127\.0\.0\.1:\d+)"', member.log))
        assert found is not None
        self.address = found[1]
        self._process = psutil.Process(member.pid)

    @property
    def listens(self) -> bool:
        """Return whether its doorbell listens."""
        return self.value("autopost_listener_connected") == 1

    @property
    def cpu_seconds(self) -> float:
        """Return the processor time that it has used."""
        times = self._process.cpu_times()
        return times.user + times.system

    @property
    def errors(self) -> float:
        """Return how many errors of the database it has counted."""
        samples = re.findall(r"^autopost_database_errors_total\{.*\} (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        return sum(map(float, samples))


@dataclass
class Place:
    """A worker that polls every five minutes, behind a proxy, on a server that may be restarted."""

    server: OwnServer
    proxy: Proxy
    worker: Watched

    @contextlib.contextmanager
    def host(self) -> Iterator[Host]:
        """Connect past the proxy."""

        def connect() -> psycopg.Connection[tuple[object, ...]] | None:
            with contextlib.suppress(psycopg.OperationalError):
                return open_connection(self.server.dsn(), autocommit=True)
            return None

        connection = until(connect)
        assert connection is not None
        with connection:
            yield Host(connection)

    def execute(self, sql: str) -> None:
        """Run a statement as the owner."""
        with self.host() as host:
            host.execute(sql)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Return a crew without members."""
    variables = {
        "SOCIAL_POST_LLM_ENABLED": "false",
        "SOCIAL_POST_POLL_SECONDS": "300",
        "SOCIAL_POST_MAINTENANCE_SECONDS": "300",
        "SOCIAL_POST_LEASE_SECONDS": "2",
        "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "1",
        "SOCIAL_POST_HTTP_PORT": "0",
    }
    with crew(tmp_path_factory.mktemp("connections"), variables) as everyone:
        yield everyone


@pytest.fixture(scope="module")
def place(workers: Crew) -> Iterator[Place]:
    """Return the place in which all the troubles happen, one after another, to the same worker."""
    with own_server(EMBEDDED_VERSION) as server:
        install(server, worker=ROLE)
        with open_connection(server.dsn(), autocommit=True) as connection:
            connection.execute(FAILING.encode())
        with Proxy(upstream_of(server.dsn())) as proxy:
            member = workers.start({"DATABASE_URL": proxy.dsn("postgres", user=ROLE), **PATIENT_AT_FIRST}, hasty=True)
            yield Place(server, proxy, Watched(member))


Trouble: TypeAlias = Callable[[Place], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def stopped(place: Place) -> Iterator[None]:
    """The server is not there; starting again it recovers first."""
    place.server.stop()
    yield
    place.server.start()


@contextlib.contextmanager
def failed_over(place: Place) -> Iterator[None]:
    """The address leads nowhere, and then to another one."""
    place.proxy.refuse()
    place.proxy.cut()
    yield
    with Proxy(upstream_of(place.server.dsn())) as other:
        place.proxy.upstream = ("127.0.0.1", other.port)
        place.proxy.allow()
        until(lambda: place.worker.is_ready and place.worker.listens)
        place.proxy.upstream = upstream_of(place.server.dsn())


@contextlib.contextmanager
def refused(place: Place) -> Iterator[None]:
    """Nobody listens at the address."""
    place.proxy.refuse()
    place.proxy.cut()
    yield
    place.proxy.allow()


@contextlib.contextmanager
def silent(mode: Mode, place: Place) -> Iterator[None]:
    """The connections are there and say nothing, new ones too."""
    place.proxy.become(mode)
    yield
    place.proxy.heal()


@contextlib.contextmanager
def terminated(place: Place) -> Iterator[None]:
    """Backends are terminated, and the role may not connect."""
    with role("nologin", "login", place):
        yield


@contextlib.contextmanager
def role(setting: str, back: str, place: Place) -> Iterator[None]:
    """The worker's role is changed, and it has to connect again."""
    terminate = f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{ROLE}'"
    place.execute(f"alter role {ROLE} {setting}")
    place.execute(terminate)
    yield
    place.execute(f"alter role {ROLE} {back}")
    place.execute(terminate)


@contextlib.contextmanager
def failing(code: str, place: Place) -> Iterator[None]:
    """Whatever a worker writes fails with this SQLSTATE."""
    place.execute(f"update failing set code = '{code}'")
    yield
    place.execute("update failing set code = null")


TROUBLES: dict[str, Trouble] = {
    "server stopped and started": stopped,
    "fail-over to another address": failed_over,
    "connections refused": refused,
    "half-open connections": partial(silent, Mode.SWALLOW),
    "half-open connections, answers lost": partial(silent, Mode.SWALLOW_DOWN),
    "backends terminated": terminated,
    "too many connections": partial(role, "connection limit 0", "connection limit -1"),
    "server read-only": partial(role, "set default_transaction_read_only = on", "reset default_transaction_read_only"),
    "disk full": partial(failing, "53100"),
    "statement time-out": partial(failing, "57014"),
}


@pytest.mark.long
@pytest.mark.parametrize("trouble", TROUBLES)
def test_worker_lives_through(place: Place, trouble: str) -> None:
    """It says that it is not ready, tries again without haste or flood, and posts at once what came meanwhile."""
    worker = place.worker
    until(lambda: worker.is_ready and worker.listens)
    lines_before = len(worker.member.log.splitlines())
    agent = trouble.replace(" ", "-")
    with contextlib.ExitStack() as outage:
        outage.enter_context(TROUBLES[trouble](place))
        if TROUBLES[trouble] is not stopped:
            with place.host() as host:
                host.complete(f"during {trouble}", agent=host.agent(agent))
        until(lambda: not worker.is_ready)
        cpu, errors, began = worker.cpu_seconds, worker.errors, time.monotonic()
        until(lambda: time.monotonic() > began + 1, what="a second in which all fails")
        assert worker.cpu_seconds - cpu < MOST_CPU_SECONDS, "a busy loop"
        assert worker.errors - errors < MOST_ERRORS, "too many attempts"
        assert worker.get("/healthz")[0] == 200
    with place.host() as host:
        if TROUBLES[trouble] is stopped:
            host.complete(f"during {trouble}", agent=host.agent(agent))
        until(lambda: host.waiting() == 0, what="the post of what came during the outage")
        until(lambda: worker.is_ready and worker.listens)
        lines = worker.member.log.splitlines()[lines_before:]
        assert len(lines) < MOST_LINES, "a flood of log lines"
        assert any('"level": "warning"' in line for line in lines)
        host.complete(f"after {trouble}", agent=host.agent(f"{agent}-after"))
        until(lambda: host.waiting() == 0, what="the post of what rang")
        assert len(host.posts()) == len(host.audit()) == host.value("select count(*) from auto_post_outbox")


def test_worker_ends_in_time_although_nobody_answers(place: Place, workers: Crew) -> None:
    """SIGTERM while all connections are half-open: exit code 0, within its last words."""
    with Proxy(upstream_of(place.server.dsn())) as proxy:
        member = workers.start({"DATABASE_URL": proxy.dsn("postgres", user=ROLE), **PATIENT_AT_FIRST}, hasty=True)
        watched = Watched(member)
        until(lambda: watched.is_ready and watched.listens)
        proxy.become(Mode.SWALLOW)
        member.stop()
        assert member.wait() == 0


def test_connection_that_is_lost_at_the_start_says_so(place: Place, workers: Crew) -> None:
    """Exit code 3 and one line, as where no database is to be reached: whatever supervises workers tries again."""
    with place.host() as host, host.connection.transaction():
        host.execute("lock table auto_post_schema_version in access exclusive mode")
        member = workers.start({"DATABASE_URL": place.server.dsn("postgres", ROLE)})
        until(lambda: host.rows("select from pg_locks where not granted"))
        host.execute("select pg_terminate_backend(pid) from pg_locks where not granted")
        assert member.wait() == 3
    assert " went away: " in " ".join(member.log.split())
    assert "Traceback" not in member.log
