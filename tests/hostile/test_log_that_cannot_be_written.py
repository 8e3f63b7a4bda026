"""Where the log goes to is full, or nobody reads it any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.host import Host, until


def test_worker_whose_log_cannot_be_written_posts_and_ends_as_any_other(host: Host, database: str) -> None:
    """Each line fails with ENOSPC; what is lost is the line."""
    environment = {**os.environ, "DATABASE_URL": database, "SOCIAL_POST_LLM_ENABLED": "false"}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        worker = subprocess.Popen([sys.executable, "-m", "autopost", "run"], env=environment, stderr=full)
    try:
        host.complete(agent=host.agent())
        until(host.posts)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(120) in (0, 120)  # 120: the interpreter could not write what was left of the log
    finally:
        worker.kill()
        worker.wait()
