"""Forks workers, instances and commands that have everything loaded: a start takes milliseconds instead of seconds.

Listens on a socket, and forks one for each connection. That one reads a JSON line for each process, and writes JSON
lines: its process id, and later how it ended. To be run as a process of its own, which has no threads when it forks:
python -m tests.support.zygote FILE-DESCRIPTOR-OF-THE-SOCKET
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import resource
import selectors
import signal
import socket
import sys
from typing import Any

import uvloop  # noqa: F401  loaded before the fork, as all that a worker needs
from alembic import autogenerate
from alembic import config as alembic
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

from autopost.cli import app as cli
from autopost.cli import console
from autopost.database import migrate
from autopost.processes import web_process, worker_process
from autopost.redaction.redactor import Redactor
from autopost.web import server
from autopost.web.feed import app as feeds
from autopost.web.feed import redis_sources
from autopost.web.page import app as page
from autopost.writing import llm
from tests.support.worker_dying_at import arm, be_hasty, die_of, look_often, move_clock

for command in cli.COMMANDS:
    cli.COMMANDS[command].load(command)
PROGRAMS = {"autopost": cli.main, "alembic": alembic.main}
LOADED = (autogenerate, psycopg_dialect, feeds, migrate, llm, web_process, page, redis_sources, server)
# A hard limit for each process: allocating more fails. It counts what is reserved, not only what is used.
MEMORY_LIMIT_MB = 512


# What operations of tests say. RE2 makes the states of its automata as it meets texts: here once, not in each process.
USUAL = (
    "Counted basket 12",
    "Sorted the inbox of Ann Berg (ann@example.com), 3 of 1,204 messages are left. See https://shop.example/orders?id=7.",
    "The import failed: 2 rows have no date (2026-01-31). Tried again with batches of 500; the password was changed.",
    "Rechnung 4711 an Frau Müller verschickt, Rückfrage unter +49 30 1234567.",
)


def listen(socket_: socket.socket, redactor: Redactor) -> None:
    """Fork one that forks for each connection, until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket_, selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(socket_, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not socket_:
                    return
                connection, _ = socket_.accept()
                with connection:
                    if os.fork():
                        continue
                    os.dup2(connection.fileno(), 0)
                    os.dup2(connection.fileno(), 1)
                os.closerange(3, 64)
                serve(redactor)
                os._exit(0)


def serve(redactor: Redactor) -> None:
    """Fork until standard input ends, then kill what is left."""
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    _say(ready=True)
    orders = socket.socket(fileno=os.dup(0))
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        rest = b""
        while True:
            for key, _ in selector.select():
                if key.fileobj is woken:
                    woken.recv(64)
                    _bury(children)
                    continue
                data, files, _, _ = socket.recv_fds(orders, 65_536, 3)  # a program of a shell's sends its files
                if not data:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                    return
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    children.add(_fork(json.loads(line), redactor, files))
                for file in files:
                    os.close(file)


def _fork(order: dict[str, Any], redactor: Redactor, files: list[int]) -> int:
    pid = os.fork()
    if pid:
        _say(number=order["number"], pid=pid)
        return pid
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT_MB * 2**20, MEMORY_LIMIT_MB * 2**20))
    appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for target, source in enumerate(
        files
        or (os.open(order["input"], os.O_RDONLY), os.open(order["out"], appended), os.open(order["log"], appended))
    ):
        os.dup2(source, target)
    os.closerange(3, 64)
    if order["alone"]:
        os.environ.clear()
    elif not any(name.startswith(("SOCIAL_POST_REDACT_", "SOCIAL_POST_PII_")) for name in order["variables"]):
        worker_process._build_redactor = lambda settings, names: (redactor, lambda names: None)
    os.environ.update(order["variables"])
    if order["die_at"]:
        arm(*order["die_at"])
    if order["dies_of"]:
        die_of(order["dies_of"])
    if order["clock"]:
        move_clock(order["clock"])
    if order["hasty"]:
        be_hasty()
    if order["looks_often"]:
        look_often()
    inherited = sys.stdout, sys.stderr  # alembic.config.Config writes to what was sys.stdout when it was imported
    for name, number in (("stdout", 1), ("stderr", 2)):  # what these files are is known to the objects from their start
        before = getattr(sys, name)
        buffering = 1 if name == "stderr" else -1
        opened = open(number, "w", buffering, encoding=before.encoding, errors=before.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, opened)
    if any(map(os.isatty, (0, 1, 2))):
        _look_at_terminal()
    sys.modules["__main__"].__package__ = ""  # the program's name in a message is then that of its first argument
    os.chdir(order["cwd"])
    sys.argv = [order["program"], *order["arguments"]]
    code = 1
    try:
        PROGRAMS[order["program"]]()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    except BaseException:  # noqa: BLE001 - a traceback belongs into the worker's log, and the process must end here
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (*inherited, sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _look_at_terminal() -> None:
    """Have what commands print with look at files and variables again, as when it is imported."""
    spec = importlib.util.find_spec(console.__name__)
    assert spec is not None
    assert spec.loader is not None
    imported = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(imported)
    for name in ("out", "err"):
        vars(getattr(console, name)).update(vars(getattr(imported, name)))


def _bury(children: set[int]) -> None:
    while children:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if not pid:
            return
        children.discard(pid)
        _say(pid=pid, code=os.waitstatus_to_exitcode(status), peak_mb=used.ru_maxrss // 1024)


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    loaded = Redactor()
    for text in USUAL:
        loaded.redact(text)
    gc.freeze()  # looking for garbage among what is loaded would copy it into each process
    listen(socket.socket(fileno=int(sys.argv[1])), loaded)
