"""A real Prometheus scrapes a worker and `autopost serve`; alerts and dashboard say the truth about both."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.deploy import DEPLOY
from tests.deploy.test_monitoring_files import EXPRESSIONS
from tests.observability.test_monitoring import QUICK, Monitoring
from tests.support.crew import Crew
from tests.support.feed.instances import instance
from tests.support.host import Host, until
from tests.support.work import worker_process

PROGRAM = shutil.which("prometheus")
CONFIGURATION = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}}
rule_files: [{rules}]
scrape_configs:
  - job_name: autopost
    static_configs: [{{targets: [{targets}]}}]
"""


class Prometheus:
    """Prometheus' HTTP API."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            return httpx2.get(self._address + "/-/ready").status_code == 200
        except httpx2.HTTPError:
            return False

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the result of an expression; each has `metric` and `value`."""
        answer = httpx2.get(self._address + "/api/v1/query", params={"query": expression}, timeout=30).json()
        assert answer["status"] == "success", (expression, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def firing(self) -> list[str]:
        """Return the alerts that fire."""
        return sorted({alert["metric"]["alertname"] for alert in self.query('ALERTS{alertstate="firing"}')})


@contextlib.contextmanager
def prometheus(folder: Path, addresses: list[str]) -> Iterator[Prometheus]:
    """Run Prometheus on these targets, with our alerts and without the time for which they wait."""
    rules = folder / "alerts.yaml"
    rules.write_text(
        re.sub(r"^( +for:) .*$", r"\1 0s", (DEPLOY / "prometheus" / "alerts.yaml").read_text(), flags=re.MULTILINE)
    )
    targets = ", ".join(f'"{address.removeprefix("http://")}"' for address in addresses)
    (folder / "prometheus.yml").write_text(CONFIGURATION.format(rules=rules, targets=targets))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PROGRAM), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], stdout=log, stderr=log
        )
        try:
            running = Prometheus(port)
            until(running.is_ready, seconds=60, what=f"see {folder}")
            yield running
        finally:
            process.terminate()
            process.wait()


@pytest.mark.heavy
@pytest.mark.skipif(PROGRAM is None, reason="Prometheus is not installed (apt-get install prometheus)")
def test_alerts_and_dashboard_tell_a_worker_from_a_serve(
    host: Host, database: str, processes: Crew, tmp_path: Path
) -> None:
    """Both in one job: nothing fires; when the worker has gone, the serve hides neither that nor the queue."""
    with (
        worker_process(database, processes, **QUICK) as worker,
        instance(database, processes, token=None) as serve,
    ):
        monitoring = Monitoring(worker)
        host.complete(agent=host.agent())
        until(lambda: host.waiting() == 0)
        with prometheus(tmp_path, [monitoring.address, serve.address]) as scraper:
            until(lambda: len(scraper.query("autopost_build_info == 1")) == 2)
            kinds = {found["metric"]["process"] for found in scraper.query("autopost_build_info")}
            assert kinds == {"worker", "serve"}
            until(lambda: scraper.query("autopost_queue_sampled_timestamp_seconds > 0"))
            until(lambda: len(scraper.query("up == 1")) == 2)
            of_both = {found["metric"]["instance"] for found in scraper.query('{__name__=~"autopost_queue_.*"}')}
            assert of_both == {monitoring.address.removeprefix("http://")}
            assert scraper.query('{__name__=~".*_created"}') == []
            for name, expression in EXPRESSIONS.items():
                assert isinstance(scraper.query(expression), list), name
            until(lambda: scraper.firing() == [], what="no alert fires")
            worker.process.kill()
            worker.process.wait()
            until(lambda: scraper.firing() == ["AutopostNoWorker"], what="AutopostNoWorker alone fires")
