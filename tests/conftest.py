"""A real server for every test that wants one, and a migrated database of its own for each such test.

The server is the embedded one (AUTOPOST_TEST_POSTGRES chooses 16 or 18), or the one that AUTOPOST_TEST_DATABASE_URL
names: its role must be allowed to create databases and roles. DATABASE_URL, which an installation uses, is never used.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

# Everything else is imported by the fixtures that need it: a test of a pure function starts in a second.
if TYPE_CHECKING:
    from autopost.redaction.redactor import Redactor
    from autopost.settings import Settings
    from tests.support.crew import Crew
    from tests.support.host import Host

ROOT = Path(__file__).parents[1]
OUTER_URL = os.environ.get("AUTOPOST_TEST_DATABASE_URL", "")
EMBEDDED_VERSION = int(os.environ.get("AUTOPOST_TEST_POSTGRES", "18"))
_numbers = itertools.count(1)

# Every day the same few examples, so that a failure is about the change. CI looks further, with `thorough`, and others
# are drawn each time with `pytest --hypothesis-profile wild`.
# No deadline: how long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("everyday", derandomize=True, deadline=None, max_examples=25)
hypothesis.settings.register_profile("thorough", derandomize=True, deadline=None)
hypothesis.settings.register_profile("wild", derandomize=False, deadline=None)
hypothesis.settings.load_profile("everyday")

# A test, and each process that it starts, sees only what the test sets: what an interpreter, libpq, the program or a
# terminal reads from the environment must not decide whether a test passes.
AMBIENT = (
    *(
        "PYTHON",
        "PG",
        "OPENAI_",
        "OTEL_",
        "SOCIAL_POST_",
        "DATABASE_URL",
        "REDIS_URL",
        "LC_",
        "LANG",
        "COLUMNS",
        "LINES",
    ),
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "TERM", "TZ", "SYSTEMD_", "JOURNAL_STREAM", "SSL_CERT_"),
)
for _name in list(os.environ):
    if _name.startswith(AMBIENT) or _name.lower().endswith("_proxy"):
        del os.environ[_name]
os.environ["SOCIAL_POST_CONFIG_FILE"] = os.devnull  # and not the file of an installation beside it
# One authority, whose key nobody has: each client of HTTP reads all that are trusted, 30 ms with those of a machine.
os.environ["SSL_CERT_FILE"] = str(ROOT / "tests" / "data" / "authority.pem")
# PYTHONDONTWRITEBYTECODE has been read already. Without files for it, each process of each run would rewrite the
# assertions of all test modules, which takes longer than importing them.
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as with all that a shell starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for a run on another version of PostgreSQL, and for a quick one."""
    parser.addoption("--with-server", action="store_true", help="run only the tests that use the PostgreSQL server")
    parser.addoption("--without-server", action="store_true", help="run only tests that need no PostgreSQL at all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of which another server changes nothing, or those that need one."""
    for option, uses_server in (("--with-server", True), ("--without-server", False)):
        if config.getoption(option):
            others = [item for item in items if ("server" in getattr(item, "fixturenames", ())) is not uses_server]
            items[:] = [item for item in items if ("server" in getattr(item, "fixturenames", ())) is uses_server]
            config.hook.pytest_deselected(items=others)
    if config.getoption("--without-server"):
        from tests.support import servers

        servers.leave_out()
    if hasattr(config, "workerinput"):
        items[:] = _long_ones_early(items, config.workerinput["workercount"])


def _long_ones_early(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Give each process some of the tests that wait long, in the first two thirds of its share.

    At the end, the other processes would wait for them; all at once, no processor would have work meanwhile. The shares
    follow each other in the list, as xdist gives them out; who has finished takes over the end of another's.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    found: list[pytest.Item] = []
    for number in range(processes):
        waiting = long[number::processes]
        count = max(0, (len(items) - len(found)) // (processes - number) - len(waiting))
        found += _between_modules(waiting, others[:count])
        del others[:count]
    return found


def _between_modules(long: list[pytest.Item], others: list[pytest.Item]) -> list[pytest.Item]:
    """Spread tests over the first two thirds of others; fixtures of a module are made once only."""
    found: list[pytest.Item] = []
    placed = 0
    for number, item in enumerate(others):
        if number == 0 or item.path != others[number - 1].path:
            due = min(len(long), round(len(long) * 1.5 * number / len(others)))
            found += long[placed:due]
            placed = due
        found.append(item)
    return found + long[placed:]


def pytest_collection_finish() -> None:
    """Never again look for garbage among modules and tests, which stay to the end."""
    gc.freeze()
    gc.enable()


def pytest_report_header() -> str:
    """Return which server this run uses."""
    if OUTER_URL:
        from psycopg.conninfo import conninfo_to_dict

        parts = conninfo_to_dict(OUTER_URL)
        place = ", ".join(f"{name} {parts[name]}" for name in ("host", "port", "dbname") if parts.get(name))
        return f"server: AUTOPOST_TEST_DATABASE_URL ({place})"
    return f"server: a private PostgreSQL {EMBEDDED_VERSION}, which this run starts and removes"


def pytest_configure(config: pytest.Config) -> None:
    """Load what processes are forked from once for all processes of a whole run; look for no garbage meanwhile."""
    gc.disable()
    if _is_whole(config) and not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        from tests.support.crew import zygote_address

        zygote_address()


def _is_whole(config: pytest.Config) -> bool:
    return bool(config.args == config.getini("testpaths"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each process of a whole run begin with a share of the test modules.

    All of them collect in the same order and at the same time: the first run would rewrite each module in each process.
    """
    process: dict[str, str] | None = getattr(session.config, "workerinput", None)
    if process is None or not _is_whole(session.config):
        return
    number, processes = int(process["workerid"].removeprefix("gw")), int(process["workercount"])
    for path in sorted(ROOT.glob("tests/**/test_*.py"))[number::processes]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # the collection reports it
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


class Server:
    """A running server, and how to make a database in it."""

    def __init__(self, dsn: str) -> None:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        self._parts = conninfo_to_dict(dsn)
        # Connecting costs as much as copying a database: all databases are made and dropped by one connection.
        self._owner = psycopg.connect(self.dsn("postgres"), autocommit=True)
        self.version: int = self._owner.info.server_version // 10_000

    def dsn(self, database: str, *, user: str | None = None) -> str:
        """Return a connection string; `user` is a role without a password."""
        from psycopg.conninfo import make_conninfo

        parts = {**self._parts, "dbname": database}
        if user is not None:
            parts["user"] = user
        return make_conninfo("", **{name: str(value) for name, value in parts.items()})

    @contextlib.contextmanager
    def janitor(self, database: str, *, template: str | None = None) -> Iterator[None]:
        """Have a database meanwhile, perhaps a copy of another one to which nobody is connected."""
        from psycopg import sql

        name = sql.Identifier(database)
        # file_copy costs half of what a copy by way of the WAL does.
        copy = sql.SQL("create database {} template {} strategy file_copy")
        self._owner.execute(copy.format(name, sql.Identifier(template or "template1")))
        try:
            yield
        finally:
            self._wait_until_left(database)
            self._owner.execute(sql.SQL("drop database if exists {} with (force)").format(name))

    def _wait_until_left(self, database: str) -> None:
        """Wait a moment for server processes whose clients have gone: where one is left, dropping sleeps for 100 ms."""
        for _ in range(20):
            row = self._owner.execute(
                "select pg_stat_get_db_numbackends(oid) from pg_database where datname = %s", (database,)
            ).fetchone()
            if row is None or row[0] == 0:
                return
            time.sleep(0.002)

    def close(self) -> None:
        """Close the connection that makes databases."""
        self._owner.close()


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """Return the server that the whole run uses."""
    if OUTER_URL:
        with contextlib.closing(Server(OUTER_URL)) as outer:
            yield outer
        return
    from autopost.database.embedded import embedded_server
    from tests.support.servers import folders_in_memory

    with contextlib.ExitStack() as running:
        with folders_in_memory() if pytestconfig.getoption("markexpr") != "large" else contextlib.nullcontext():
            settings = {"max_connections": "60"}
            embedded = running.enter_context(embedded_server(EMBEDDED_VERSION, settings=settings))
        yield running.enter_context(contextlib.closing(Server(embedded.dsn())))


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[str]:
    """Return the name of a migrated database to clone."""
    from autopost.database.migrate import migrate
    from autopost.settings import load_settings

    name = f"autopost_template_{os.getpid()}"
    with server.janitor(name):
        migrate(load_settings(database_url=server.dsn(name)))
        yield name


@pytest.fixture
def empty_database(server: Server) -> Iterator[str]:
    """Return the connection string of a database that holds nothing."""
    name = f"autopost_empty_{os.getpid()}_{next(_numbers)}"
    with server.janitor(name):
        yield server.dsn(name)


@pytest.fixture
def database(server: Server, template: str) -> Iterator[str]:
    """Return the connection string of a migrated database of this test's own."""
    name = f"autopost_test_{os.getpid()}_{next(_numbers)}"
    with server.janitor(name, template=template):
        yield server.dsn(name)


@pytest.fixture
def host(database: str) -> Iterator[Host]:
    """Return the platform: anyone who changes operation_trackers."""
    from tests.support.host import Host, open_connection

    with open_connection(database, autocommit=True) as connection:
        yield Host(connection)


@pytest.fixture
def settings(database: str) -> Settings:
    """Return settings for the test's database, with the LLM off."""
    from autopost.settings import load_settings

    return load_settings(database_url=database, llm_enabled=False, poll_seconds=0.5, shutdown_seconds=5)


@pytest.fixture(scope="session")
def processes() -> Crew:
    """Return what forks workers and instances: loading all that they need takes longer than most tests."""
    from tests.support.crew import everybodys

    return everybodys()


def pytest_unconfigure() -> None:
    """End what forked processes, where a test had use for it."""
    crew = sys.modules.get("tests.support.crew")
    if crew is None:
        return
    if crew.everybodys.cache_info().currsize:
        crew.everybodys().stop(remove=True)
    crew.end_zygote()


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """Return the real redactor, built once."""
    from autopost.redaction.redactor import Redactor

    return Redactor()
