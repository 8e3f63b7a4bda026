"""How the program starts and ends: quickly, and without a traceback, whatever the terminal is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.host import Host

HEAVY = ("pydantic", "psycopg", "asyncpg", "presidio_analyzer", "sqlalchemy", "openai", "structlog", "uvicorn")


def started(*arguments: str, options: tuple[str, ...] = (), **variables: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own, which the interpreter's options and variables reach."""
    return subprocess.Popen(
        [sys.executable, *options, "-m", "autopost", *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="latin-1",
    )


@pytest.mark.parametrize("module", ["typer.models", "rich.console"])
def test_ctrl_c_during_the_imports_ends_it_quietly(module: str) -> None:
    """With 130, as later; most of the first second is spent there."""
    process = started("status", options=("-X", "importtime"))
    assert process.stderr is not None
    for line in process.stderr:
        if line.rstrip().endswith(module):
            process.send_signal(signal.SIGINT)
            break
    _, rest = process.communicate()
    assert process.returncode == 130, rest
    assert "Traceback" not in rest


def test_help_and_completion_import_only_the_declarations() -> None:
    """A shell waits for it at each press of Tab. All in one process, whose modules are counted after each command."""
    done = subprocess.run([sys.executable, "-c", HELP_AND_TAB], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(shown) >= {"", "feed", "rules add", "mapping draft", "webhooks test"}
    assert {words: modules for words, modules in shown.items() if modules != "[]"} == {}


def test_names_and_options_are_completed() -> None:
    """In the form of each shell, as the entry point is called: Typer names its variable for the program."""
    for shell, variables, shown in (
        ("bash", {"COMP_WORDS": "autopost w", "COMP_CWORD": "1"}, "why\nwebhooks"),
        ("bash", {"COMP_WORDS": "autopost feed --f", "COMP_CWORD": "2"}, "--follow"),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "autopost ru"}, '"run":"Run a worker'),
    ):
        process = subprocess.run(
            [sys.executable, "-c", MAIN],
            env={**os.environ, "_AUTOPOST_COMPLETE": f"complete_{shell}", **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown in process.stdout, process.stdout


MAIN = "import sys; sys.argv[0] = 'autopost'; from autopost.__main__ import main; main()"
HELP_AND_TAB = f"""
import sys
from typer.main import get_command
from typer.testing import CliRunner
from typer._completion_classes import BashComplete
from autopost.cli.app import app

program = get_command(app)

def lines(command, words):
    yield words
    for name in getattr(command, "commands", {{}}):
        yield from lines(command.commands[name], [*words, name])

for words in lines(program, []):
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0, words
    options = BashComplete(program, {{}}, "autopost", "X").get_completions(words, "--")
    assert "--help" in [option.value for option in options], words
    heavy = [name for name in sys.modules if name in {HEAVY}]
    print(" ".join(words), heavy, sep=": ")
"""


def test_every_command_has_its_summary_without_an_import() -> None:
    """It is read from the source; that of a group, from the call that makes it."""
    from autopost.cli.app import COMMANDS

    assert {name for name, entry in COMMANDS.items() if not entry.summary()} == set()
    for name, entry in COMMANDS.items():
        assert str(entry.load(name).help).startswith(entry.summary()), name


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_terminal_without_these_characters_shows_the_rest(host: Host, database: str, encoding: str) -> None:
    """What it cannot show is a question mark; the feed does not end in the middle."""
    host.complete("first", what="Grüße 📬 from the post office")
    process = started("why", "first", DATABASE_URL=database, PYTHONIOENCODING=encoding)
    shown, errors = process.communicate()
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    assert "first" in shown


def test_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The completion's file goes there."""
    process = started("--install-completion", "bash", HOME="/proc")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert errors.startswith("autopost: cannot use /proc/.bash")
    assert "Traceback" not in errors


def test_reader_that_closes_the_pipe_is_no_failure() -> None:
    """As in `autopost --help | head -3`."""
    process = started("--help", PYTHONUNBUFFERED="1")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait() == 0


def test_reader_of_output_and_errors_that_closes_the_pipe_is_no_failure() -> None:
    """As in `autopost check 2>&1 | head -3`."""
    code = "import sys; from autopost.cli import app; app.app = lambda: sys.stderr.write('x'); app.main()"
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run([sys.executable, "-c", code], stdout=pipe, stderr=pipe, check=False)
    assert done.returncode == 0


def test_error_that_nobody_reads_keeps_its_exit_code() -> None:
    """As in `autopost check 2>&1 | head -3` with a problem."""
    code = (
        "from autopost.cli import app\nfrom autopost.errors import SchemaMismatch\n"
        "def fail(): raise SchemaMismatch('x')\napp.app = fail\napp.main()"
    )
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run([sys.executable, "-c", code], stdout=pipe, stderr=pipe, check=False)
    assert done.returncode == 4


def test_error_that_nobody_foresaw_is_one_line_without_values() -> None:
    """Its type and the calls that led to it; the traceback is for those who ask."""
    broken = (
        "from autopost.cli import app",
        "def fail(secret='hunter2'): raise ValueError(secret)",
        "app.app = fail",
        "app.main()",
    )
    for level, lines in (("info", 1), ("debug", 2)):
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(broken)],
            env={**os.environ, "SOCIAL_POST_LOG_LEVEL": level, "COLUMNS": "400"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) == (level == "debug")
        assert len(done.stderr.splitlines()) >= lines
        if level == "info":
            assert "unexpected error, please report it: ValueError in <string>:4" in done.stderr
            assert "hunter2" not in done.stderr
