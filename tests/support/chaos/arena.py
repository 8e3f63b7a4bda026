"""Everything that a fault may touch: the server, the way to it, the workers, the platform and the LLM."""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support.chaos.llm_moods import MoodyLlm
from tests.support.chaos.platform import Platform
from tests.support.crew import Crew, Member, crew
from tests.support.host import Host, open_connection, until
from tests.support.llm_server import LlmServer
from tests.support.own_server import OwnServer, install, own_server
from tests.support.proxy import Proxy, upstream_of

LEASE_SECONDS = 3.0
WINDOW_SECONDS = 3.0
WORKERS = 3
WORKER_ROLE = "chaos_worker"
# What worker processes may end with that no fault killed: done, no database at the start, SIGTERM while they start.
PROPER_CODES = (0, 3, -signal.SIGTERM)
SWITCHES = """
create table chaos_switches (disk_full boolean not null default false);
insert into chaos_switches default values;
grant select on chaos_switches to public;
create function chaos_disk() returns trigger language plpgsql as $$
begin
    if (select disk_full from public.chaos_switches) then
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end if;
    return new;
end $$;
create trigger chaos_disk before insert or update on auto_post_outbox for each row execute function chaos_disk();
"""


@dataclass
class Arena:
    """What a storm plays in."""

    server: OwnServer
    proxy: Proxy
    standby: Proxy  # a second address of the same server, for a fail-over
    workers: Crew
    platform: Platform
    llm: MoodyLlm
    dice: random.Random
    problems: list[str] = field(default_factory=list)
    _replacing: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def owner(self, *, patience: float = 60) -> Iterator[Host]:
        """Connect as the owner, directly, also while the server starts again."""

        def connect() -> psycopg.Connection[Any] | None:
            try:
                return open_connection(self.server.dsn(), autocommit=True, connect_timeout=5)
            except psycopg.OperationalError:
                return None

        connection = until(connect, seconds=patience, what="a connection of the owner")
        assert connection is not None
        with connection:
            yield Host(connection)

    def start_worker(self, *, die_at: tuple[str, int] | None = None, clock_seconds: float = 0.0, **more: str) -> Member:
        """Start a worker: every second one with the LLM, each with settings of its own."""
        number = len(self.workers.members)
        variables = {
            "SOCIAL_POST_LLM_ENABLED": "true" if number % 2 else "false",
            "SOCIAL_POST_BATCH_SIZE": str(self.dice.choice((1, 7, 50, 200))),
            "SOCIAL_POST_POLL_SECONDS": str(self.dice.choice((0.2, 1, 5))),
            **more,
        }
        return self.workers.start(variables, die_at=die_at, clock_seconds=clock_seconds)

    def replace_the_dead(self) -> None:
        """Keep the crew complete, as whatever supervises workers does; to be run in a thread."""
        seen: set[str] = set()
        while not self._replacing.wait(0.1):
            for member in self.workers.members:
                if not member.runs and member.code is not None and member.name not in seen:
                    seen.add(member.name)
                    if not member.expected_to_die and member.code not in PROPER_CODES:
                        self.problems.append(f"{member.name} ended with {member.code}: {member.log[-1500:]}")
            missing = WORKERS - sum(1 for member in self.workers.members if member.code is None)
            for _ in range(missing):
                self.start_worker()

    def replace_no_more(self) -> None:
        """End `replace_the_dead`."""
        self._replacing.set()

    def working(self) -> Member:
        """Return a worker that claims; wait for one."""
        members = until(lambda: [m for m in self.workers.running if m.works], what="a working worker")
        return self.dice.choice(members)

    def outcomes(self, host: Host) -> int:
        """Return how many outcomes there are."""
        return int(host.value("select count(*) from audit_log where action like 'auto\\_post.%'"))

    def hold(self, seconds: float) -> None:
        """Let a fault last: a duration, not a wait for something."""
        time.sleep(seconds)


@contextlib.contextmanager
def arena(folder: Path, *, seed: int, version: int, threads: int, pause_seconds: float) -> Iterator[Arena]:
    """Set everything up, workers excepted, and take it down."""
    dice = random.Random(seed)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(own_server(version))
        install(server, worker=WORKER_ROLE)
        with open_connection(server.dsn(), autocommit=True) as connection:
            connection.execute(SWITCHES.encode())
        proxy = stack.enter_context(Proxy(upstream_of(server.dsn())))
        standby = stack.enter_context(Proxy(upstream_of(server.dsn())))
        llm = MoodyLlm(stack.enter_context(LlmServer()), random.Random(seed))
        variables = {
            "DATABASE_URL": proxy.dsn("postgres", user=WORKER_ROLE),
            "OPENAI_API_KEY": "test-" + "key",
            "OPENAI_BASE_URL": llm.base_url,
            "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "0.5",
            "SOCIAL_POST_LLM_BREAKER_COOLDOWN_SECONDS": "1",
            "SOCIAL_POST_LEASE_SECONDS": str(LEASE_SECONDS),
            "SOCIAL_POST_RATE_LIMIT_MINUTES": str(WINDOW_SECONDS / 60),
            "SOCIAL_POST_ALERT_BURST": "2",
            "SOCIAL_POST_MAINTENANCE_SECONDS": "1",
            "SOCIAL_POST_SHUTDOWN_SECONDS": "2",
            "SOCIAL_POST_MAX_ATTEMPTS": "50",
        }
        workers = stack.enter_context(crew(folder, variables))
        platform = Platform(server.dsn(), seed, threads=threads, pause_seconds=pause_seconds)
        stack.callback(platform.stop)
        yield Arena(server, proxy, standby, workers, platform, llm, dice)
