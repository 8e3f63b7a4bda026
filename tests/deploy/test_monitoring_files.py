"""Dashboard and alerts name what a worker really tells, and the alerts fire."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from autopost.observability.metrics import INTERNAL_ERRORS, PLATFORM_CHANGES
from tests.deploy import DEPLOY
from tests.observability.test_monitoring import QUICK, Monitoring
from tests.support import ROOT
from tests.support.cases import assert_results
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.llm_server import LlmServer, status
from tests.support.webhooks.receiver import Receiver
from tests.support.work import worker_process

DASHBOARD = json.loads((DEPLOY / "grafana" / "autopost.json").read_text("utf-8"))
ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
BY_PROMETHEUS = {"job", "instance"}
SUBJECTS = {
    "At a glance",
    "Feed",
    "Queue",
    "Latency",
    "LLM",
    "Redaction",
    "Database",
    "Workers",
    "Broadcast and viewers",
}


def plain(expression: str) -> str:
    """Return an expression with Grafana's variables filled in."""
    return expression.replace("$__rate_interval", "5m").replace("$job", "autopost")


EXPRESSIONS = {
    **{f"{panel['title']} {target['refId']}": plain(target["expr"]) for panel in PANELS for target in panel["targets"]},
    **{rule["alert"]: rule["expr"] for rule in RULES},
}


def selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:
    """Return every selector of a metric in a parsed expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for part in ("expr", "lhs", "rhs", "vector_selector", "param"):
        if (child := getattr(node, part, None)) is not None:
            yield from selectors(child)
    for child in getattr(node, "args", None) or ():
        yield from selectors(child)


@pytest.fixture(scope="module")
def told(server: Any, template: str, processes: Crew, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the samples that a worker told after it had seen much, each with its labels."""
    name = "autopost_deploy_metrics"
    found: dict[str, set[str]] = {}
    hooks = tmp_path_factory.mktemp("hooks") / "hooks.toml"
    with server.janitor(name, template=template), LlmServer() as llm, Receiver() as receiver:
        hooks.write_text(f'[chat]\nkind = "slack"\nurl = "{receiver.url}"\n')
        dsn = server.dsn(name)
        variables = {**QUICK, "SOCIAL_POST_LLM_ENABLED": "true", "OPENAI_API_KEY": "test"}
        variables |= {"SOCIAL_POST_WEBHOOKS_FILE": str(hooks), "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1"}
        with (
            open_connection(dsn, autocommit=True) as connection,
            worker_process(dsn, processes, **variables, OPENAI_BASE_URL=llm.base_url) as worker,
        ):
            host, monitoring = Host(connection), Monitoring(worker)
            # Now and not at the end: a sample that failed would be followed by the next after 20 seconds.
            until(lambda: "autopost_queue_rows{" in monitoring.get("/metrics")[1])
            host.complete("first", agent=host.agent(), what="Wrote to bob" + "@example.com")
            until(lambda: host.waiting() == 0)
            receiver.wait(1)
            llm.will(status(401))
            host.complete("second", agent=host.agent("other"))
            until(lambda: host.waiting() == 0)
            host.execute("select auto_post_pause()")
            host.complete("third")
            host.execute("alter table operation_trackers rename next_steps to later")
            host.execute("select auto_post_resume()")
            until(lambda: host.waiting() == 0)
            host.execute("alter table operation_trackers rename later to next_steps")
            host.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'autopost worker' and datname = current_database()"
            )
            host.execute("alter table auto_post_outbox rename to hidden")
            until(lambda: "autopost_database_errors_total{" in monitoring.get("/metrics")[1])
            host.execute("alter table hidden rename to auto_post_outbox")
            body = monitoring.get("/metrics")[1]
    for line in body.splitlines():
        if line and not line.startswith("#"):
            sample = re.match(r"(\w+)(?:\{(.*)\})? ", line)
            assert sample is not None
            found.setdefault(sample[1], set()).update(re.findall(r'(\w+)="', sample[2] or ""))
    # A worker without an unforeseen error or a changed platform has no sample of it: what it declares counts.
    found["autopost_internal_errors_total"] = set(INTERNAL_ERRORS._labelnames)
    found["autopost_platform_changes"] = set(PLATFORM_CHANGES._labelnames)
    return found


def unknown_in(name: str, told: dict[str, set[str]]) -> list[str]:
    """Return the metrics and labels of an expression that no sample of a worker has."""
    used = list(selectors(promql_parser.parse(EXPRESSIONS[name])))
    if not used:
        return ["no metric at all"]
    unknown = [str(selector.name) for selector in used if selector.name not in told]
    for selector in used:
        matched = {matcher.name for matcher in selector.matchers.matchers}
        unknown += matched - BY_PROMETHEUS - told.get(str(selector.name), set())
    # A label that nothing has would put all into one group.
    available = BY_PROMETHEUS.union(*(told.get(str(selector.name), set()) for selector in used))
    for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", EXPRESSIONS[name]):
        unknown += {label.strip() for label in group.split(",")} - available
    return unknown


def test_expressions_name_metrics_and_labels_that_a_worker_tells(told: dict[str, set[str]]) -> None:
    """Each parses, and each metric and label in it, also to group by, was in the answer of a worker that ran."""
    assert_results(lambda name: unknown_in(name, told), ((name, []) for name in EXPRESSIONS))


def test_dashboard_has_a_row_for_each_subject_and_panels_that_say_what_they_show() -> None:
    """Titles, descriptions, units, thresholds, the data source by variable, and no panel over another."""
    assert {panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"} == SUBJECTS
    variables = {variable["name"]: variable["type"] for variable in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource": "datasource", "job": "query"}
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["datasource"]["uid"] == "${datasource}"
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_dashboard_shows_every_metric_of_ours() -> None:
    """What is counted can be seen."""
    script = ROOT / "docs" / "reference" / "metrics.md"
    names = set(re.findall(r"^\| `(autopost_\w+)`", script.read_text("utf-8"), re.MULTILINE))
    shown = {
        re.sub(r"_(bucket|sum|count)$", "", str(selector.name))
        for expression in EXPRESSIONS.values()
        for selector in selectors(promql_parser.parse(expression))
    }
    assert names - shown == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_says_what_is_wrong_and_where_to_read_on(rule: dict[str, Any]) -> None:
    """Severity, summary, description, and a heading of the documentation."""
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")
    page, anchor = rule["annotations"]["runbook_url"].split("#")
    headings = re.findall(r"^#+ (.*)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool of Prometheus is not installed")
def test_alerts_fire_on_planted_values() -> None:
    """Each of them, and none where all is well."""
    tests = DEPLOY / "prometheus" / "alerts.test.yaml"
    result = subprocess.run(["promtool", "test", "rules", str(tests)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_alert_is_planted_for() -> None:
    """A new alert needs its values."""
    planted = (DEPLOY / "prometheus" / "alerts.test.yaml").read_text("utf-8")
    assert [rule["alert"] for rule in RULES if rule["alert"] not in planted] == []


def test_metrics_reference_is_what_the_code_says() -> None:
    """It is written from metrics.py."""
    script = ROOT / "scripts" / "metrics-reference"
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
