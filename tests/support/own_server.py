"""A PostgreSQL server of a test's own, to be restarted and crashed, and the roles and switches that chaos needs."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from autopost.database.embedded import EmbeddedServer
from autopost.database.migrate import migrate
from autopost.database.sql import dba_statements
from autopost.settings import load_settings
from tests.support.host import SCHEMAS, open_connection
from tests.support.servers import private_server

SETTINGS = {"max_connections": "60", "deadlock_timeout": "100ms"}


class OwnServer:
    """The embedded server, which goes on under a new process id after a restart."""

    def __init__(self, embedded: EmbeddedServer) -> None:
        self._embedded = embedded
        with open_connection(embedded.dsn()) as connection:
            row = connection.execute("show data_directory").fetchone()
        assert row is not None
        self._data = Path(row[0])

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return a connection string."""
        return self._embedded.dsn(database, user)

    @property
    def pid(self) -> int:
        """Return the process id of the postmaster."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def restart(self) -> None:
        """Stop at once, as in a crash, and start; recovery included."""
        self._pg_ctl("restart", "-m", "immediate", "-l", str(self._data / "log"))

    def stop(self) -> None:
        """Stop at once."""
        self._pg_ctl("stop", "-m", "immediate")

    def start(self) -> None:
        """Start again."""
        self._pg_ctl("start", "-l", str(self._data / "log"), "-o", f'-h "" -k {self._embedded.socket_folder}')

    def _pg_ctl(self, *arguments: str) -> None:
        owner = self._data.stat().st_uid
        subprocess.run(
            [str(self._embedded.bin_folder / "pg_ctl"), "-s", "-w", "-D", str(self._data), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            user=owner if os.geteuid() == 0 else None,
        )


@contextlib.contextmanager
def own_server(version: int) -> Iterator[OwnServer]:
    """Run a server that nobody else uses."""
    with private_server(version, settings=SETTINGS) as embedded:
        server = OwnServer(embedded)
        try:
            yield server
        finally:
            if server.pid != embedded.pid:  # the embedded server's own end knows only the process that it started
                with contextlib.suppress(subprocess.CalledProcessError):
                    server.stop()


def install(server: OwnServer, *, worker: str = "chaos_worker") -> None:
    """Migrate the server's first database, and make a login role for workers that is no superuser."""
    migrate(load_settings(database_url=server.dsn()))
    with open_connection(server.dsn(), autocommit=True) as connection:
        connection.execute(dba_statements(SCHEMAS)["grants"].encode())
        connection.execute(f"create role {worker} login in role auto_post_worker".encode())
