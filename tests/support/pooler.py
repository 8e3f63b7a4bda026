"""PgBouncer in front of a test's server: Debian's package, on a unix socket, with stock settings except the mode."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.roles import dsn_of

SETTINGS = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
unix_socket_mode = 0777
listen_port = 6432
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pidfile = {folder}/pid
pool_mode = {mode}
default_pool_size = 20
server_reset_query = DISCARD ALL
"""

# Debian has it where an ordinary user's PATH does not lead.
PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))

needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed (apt-get install pgbouncer)")


@contextlib.contextmanager
def pgbouncer(dsn: str, mode: str) -> Iterator[str]:
    """Run PgBouncer in a pool mode; yield the connection string through it, for every role that the server has."""
    parts = conninfo_to_dict(dsn)
    with tempfile.TemporaryDirectory(prefix="autopost-pooler-") as name, psycopg.connect(dsn) as connection:
        folder = Path(name)
        host, port = parts["host"], parts.get("port", 5432)
        (folder / "ini").write_text(SETTINGS.format(host=host, port=port, folder=folder, mode=mode))
        roles = connection.execute("select rolname from pg_roles where rolcanlogin").fetchall()
        (folder / "users").write_text("".join(f'"{role}" ""\n' for (role,) in roles))
        as_user = None
        if os.geteuid() == 0:  # PgBouncer refuses to run as root; the server's user may use the server's socket
            as_user = (Path(str(host)) / f".s.PGSQL.{port}").stat().st_uid
            for path in (folder, *folder.iterdir()):
                os.chown(path, as_user, -1)
        connection.rollback()
        assert PROGRAM is not None
        process = subprocess.Popen(
            [PROGRAM, "-q", str(folder / "ini")], user=as_user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            pooled = dsn_of(dsn, host=str(folder), port="6432")
            _until_it_answers(pooled, process, folder / "log")
            yield pooled
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(dsn: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.02)
        else:
            return
