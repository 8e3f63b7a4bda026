"""A hot standby of an embedded server, which can be promoted."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autopost.database.embedded import EmbeddedServer
from tests.support.programs import postgres_programs
from tests.support.servers import folders_in_memory

PORT = 5433


class Standby:
    """The standby's server."""

    def __init__(self, folder: Path, owner: int) -> None:
        self.folder = folder
        self._owner = owner

    @property
    def dsn(self) -> str:
        """Return its connection string."""
        return f"postgresql://postgres@/postgres?host={self.folder}&port={PORT}"

    def promote(self) -> None:
        """Make it the primary, and wait until it is."""
        self.control("promote")

    def control(self, *arguments: str) -> None:
        """Run pg_ctl on it."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-s", *arguments)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user."""
        command = [str(postgres_programs() / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, user=self._owner)


@contextlib.contextmanager
def standby(primary: EmbeddedServer) -> Iterator[Standby]:
    """Run a standby of a server of version 18."""
    with folders_in_memory():
        folder = Path(tempfile.mkdtemp(prefix="autopost-standby-"))
    try:
        owner = primary.socket_folder.stat().st_uid
        shutil.chown(folder, owner)
        folder.chmod(0o755)
        server = Standby(folder, owner)
        server.run("pg_basebackup", "-R", "-c", "fast", "-D", str(folder / "data"), "-d", primary.dsn())
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c port={PORT}"
        server.control("-l", str(folder / "log"), "-o", options, "start")
        try:
            yield server
        finally:
            server.control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
