"""Every operation ends in one outcome and none is posted twice, whatever is killed, frozen, cut off or restarted.

AUTOPOST_CHAOS=long rages for AUTOPOST_CHAOS_SECONDS and writes its table to the file AUTOPOST_CHAOS_REPORT.
AUTOPOST_CHAOS_SEED repeats the choices of a storm, as far as threads and processes let it. AUTOPOST_CHAOS_FAULTS is a
regular expression: only faults whose names match it are injected.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.conftest import EMBEDDED_VERSION
from tests.support.chaos.arena import arena
from tests.support.chaos.storm import Storm
from tests.support.thoroughness import THOROUGH

LONG = os.environ.get("AUTOPOST_CHAOS") == "long"
SECONDS = float(os.environ.get("AUTOPOST_CHAOS_SECONDS", "900")) if LONG else 10.0 if THOROUGH else 5.0
ONLY = os.environ.get("AUTOPOST_CHAOS_FAULTS", "")
# Every day the same faults, so that a failure is about the change; `make chaos` looks further.
SEED = int(os.environ.get("AUTOPOST_CHAOS_SEED") or (random.randrange(1_000_000) if LONG else 1))


@pytest.mark.heavy
@pytest.mark.timeout(SECONDS + 400)
def test_every_operation_ends_once_whatever_happens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Workers, hosts, server, network and LLM are troubled at random while agents work; then all is reckoned up."""
    with arena(tmp_path, seed=SEED, version=EMBEDDED_VERSION, threads=4, pause_seconds=0.03) as stage:
        report = Storm(stage, seed=SEED, seconds=SECONDS, only=ONLY).run()
    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n" if LONG else f"(seed {SEED}) ")
    if path := os.environ.get("AUTOPOST_CHAOS_REPORT"):
        Path(path).write_text(f"{report}\n", "utf-8")
    assert report.is_clean, f"seed {SEED}:\n{report}"
