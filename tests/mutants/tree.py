"""A copy of the tree, in which a mutant can be applied and tests run."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT

from tests.mutants.mutant import Mutant

TEST_SECONDS = 60  # a mutant may make a test wait for ever
RUN_SECONDS = 600
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "results", "*.egg-info", "node_modules")
_TESTS_FAILED = 1
_FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a test run: the first test that failed, or None; `problem` if it could not be finished."""

    seconds: float
    failed: str | None
    problem: str | None


class Tree:
    """A copy of the tree with an environment of its own, which imports the copy and shares the installed packages."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(root, self.root, ignore=_LEFT_OUT)
        environment = folder / "venv"
        venv.create(environment, symlinks=True)
        self._python = environment / "bin" / "python"
        (site_packages,) = environment.glob("lib/python*/site-packages")
        shared = [path for path in sys.path if path.endswith("site-packages")]
        (site_packages / "tree.pth").write_text("\n".join([str(self.root / "worker"), *shared]), "utf-8")

    @contextlib.contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """Apply a mutant meanwhile."""
        changes = mutant.changes(self.root)
        before = {path: path.read_text("utf-8") for path in changes}
        try:
            _write(changes)
            yield
        finally:
            _write(before)

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests until the first one fails. One that takes longer than TEST_SECONDS fails."""
        # -E: no PYTHONPATH may lead to the checkout.
        command = [str(self._python), "-E", "-m", "pytest", "-x", "-q", "-m", "", f"--timeout={TEST_SECONDS}", *tests]
        began = time.monotonic()
        # Options for the run that this is part of, such as CI's profile of Hypothesis, are not for this one.
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        process = subprocess.Popen(command, cwd=self.root, env=environment, stdout=PIPE, stderr=STDOUT, text=True)
        try:
            output, _ = process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # so that pytest stops its server
            output, _ = process.communicate()
            return Run(time.monotonic() - began, None, f"it did not end in {RUN_SECONDS} seconds")
        seconds = time.monotonic() - began
        failed = _FAILED.search(output)
        if process.returncode == _TESTS_FAILED and failed is not None:
            return Run(seconds, failed[1], None)
        return Run(seconds, None, None if process.returncode == 0 else f"no test ran to its end\n{output[-2000:]}")


def _write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text, "utf-8")
        # Compiled code is distinguished by time and size alone, and either may be the same.
        if path.suffix == ".py":
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
