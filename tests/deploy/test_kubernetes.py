"""Kubernetes files together, without a cluster or kubectl: whatever one names is there, and fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from autopost.cli.app import THEMES
from autopost.settings import Settings, load_settings
from tests.deploy import DEPLOY
from tests.support import ROOT

KUBERNETES = DEPLOY / "kubernetes"
KUSTOMIZATIONS = sorted(KUBERNETES.rglob("kustomization.yaml"))
APART = {"migrate.yaml", "sidecar.yaml"}  # applied by themselves, as the how-to has it
HOW_TO = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
OBJECTS: list[dict[str, Any]] = [
    document
    for path in sorted(KUBERNETES.rglob("*.yaml"))
    if path.name != "kustomization.yaml"
    for document in yaml.safe_load_all(path.read_text("utf-8"))
]
TEMPLATES = {found["metadata"]["name"]: found["spec"]["template"] for found in OBJECTS if "template" in found["spec"]}
IMAGE_PORT = re.search(r"SOCIAL_POST_HTTP_PORT=(\d+)", (DEPLOY / "Dockerfile").read_text("utf-8"))


def of(kind: str) -> list[dict[str, Any]]:
    """Return the objects of a kind."""
    return [found for found in OBJECTS if found["kind"] == kind]


def containers(name: str) -> list[dict[str, Any]]:
    """Return the containers in the pods of an object that run autopost."""
    pod = TEMPLATES[name]["spec"]
    every = [*pod.get("initContainers", []), *pod["containers"]]
    return [container for container in every if "/autopost:" in container["image"]]


def selected(selector: Mapping[str, str]) -> set[str]:
    """Return the objects whose pods have these labels."""
    return {name for name, found in TEMPLATES.items() if selector.items() <= found["metadata"]["labels"].items()}


def ports(name: str) -> dict[str, int]:
    """Return the named ports of its containers."""
    return {port["name"]: port["containerPort"] for found in containers(name) for port in found.get("ports", [])}


def variables(container: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a container, with their values or where these are from."""
    return {found["name"]: found.get("value", found.get("valueFrom")) for found in container["env"]}


def selectors() -> Iterator[tuple[str, Mapping[str, str], set[str]]]:
    """Yield each selector of pods by its place, with the objects whose pods it is for."""
    for name, template in TEMPLATES.items():
        for spread in template["spec"].get("topologySpreadConstraints", []):
            yield f"spread of {name}", spread["labelSelector"]["matchLabels"], {name}
    for found in OBJECTS:
        name, spec = found["metadata"]["name"], found["spec"]
        place, of_all = f"{found['kind']} {name}", {"autopost", "autopost-serve", "autopost-migrate"}
        if found["kind"] in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
            yield place, spec["selector"]["matchLabels"], {name}
        elif found["kind"] == "Service":
            yield place, spec["selector"], {name}
        elif found["kind"] == "NetworkPolicy":
            yield place, spec["podSelector"]["matchLabels"], of_all if name == "autopost" else {name}


def test_every_file_is_applied_and_every_object_has_a_name_of_its_own() -> None:
    """By a kustomization or by the how-to; files that are named are there."""
    named = {(path.parent / name).resolve() for path in KUSTOMIZATIONS for name in _listed(path, "resources")}
    there = {path.resolve() for path in KUBERNETES.rglob("*.yaml") if path.name != "kustomization.yaml"}
    assert named == {path for path in there if path.name not in APART}
    assert all(f"deploy/kubernetes/{name}" in HOW_TO for name in APART)
    names = [(found["kind"], found["metadata"]["name"]) for found in OBJECTS]
    assert len(set(names)) == len(names)
    assert all("namespace" not in found["metadata"] for found in OBJECTS), "a kustomization sets it"


def _listed(path: Any, part: str) -> list[str]:
    found: list[str] = yaml.safe_load(path.read_text("utf-8")).get(part, [])
    return found


def test_selectors_find_the_pods_that_they_are_for_and_no_others() -> None:
    """Of Deployments, budgets, policies, the Service, monitors and spreads."""
    every = list(selectors())
    assert len(every) == 12
    assert {place: selected(labels) for place, labels, _ in every} == {place: wanted for place, _, wanted in every}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_ports_are_those_on_which_the_process_listens(name: str) -> None:
    """In probes, annotations, the Service, monitors and policies, too."""
    assert IMAGE_PORT is not None
    template, named = TEMPLATES[name], ports(name)
    for container in containers(name):
        listens = int(variables(container).get("SOCIAL_POST_HTTP_PORT") or IMAGE_PORT[1])
        assert set(named.values()) <= {listens}
        probes = [container[kind] for kind in ("startupProbe", "livenessProbe", "readinessProbe") if kind in container]
        assert {probe["httpGet"]["port"] for probe in probes} <= named.keys()
        assert {probe["httpGet"]["path"] for probe in probes} <= {"/healthz", "/readyz"}
        annotations = template["metadata"].get("annotations", {})
        assert annotations.get("prometheus.io/port", str(listens)) == str(listens)
    for service in of("Service"):
        if name in selected(service["spec"]["selector"]):
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= named.keys()
    for monitor in of("PodMonitor"):
        if name in selected(monitor["spec"]["selector"]["matchLabels"]):
            assert {end["port"] for end in monitor["spec"]["podMetricsEndpoints"]} <= named.keys()
    for policy in of("NetworkPolicy"):
        if named and name in selected(policy["spec"]["podSelector"]["matchLabels"]):
            let_in = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
            assert let_in == set(named.values())


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_secrets_are_those_that_the_how_to_creates(name: str) -> None:
    """A key is called as the setting that it is for; what the how-to leaves out is optional."""
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    created = {
        (secret, key)
        for secret, keys in re.findall(r"create secret generic (\S+) ((?:.*\\\n)*.*)", HOW_TO)
        for key in re.findall(r"--from-literal=([\w-]+)=", keys)
    }
    used = set()
    for container in containers(name):
        for variable, source in variables(container).items():
            assert variable in known
            if isinstance(source, dict) and "secretKeyRef" in source:
                reference = source["secretKeyRef"]
                assert reference["key"].upper().replace("-", "_") == variable.removeprefix("SOCIAL_POST_")
                used.add((reference["name"], reference["key"]))
                assert reference.get("optional") or (reference["name"], reference["key"]) in created
    assert used


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_process_starts_with_the_variables_of_its_container(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command is one, and its settings are valid."""
    commands = {name for names in THEMES.values() for name, *_ in names}
    for container in containers(name):
        for variable, value in variables(container).items():
            secret = "postgresql://db.example/platform" if variable == "DATABASE_URL" else f"secret-of-{variable}"
            monkeypatch.setenv(variable, value if isinstance(value, str) else secret)
        assert load_settings().database_url
        assert {*container.get("args", ["run"])} <= commands


def test_streams_of_serve_carry_what_workers_post() -> None:
    """Both have the same transport."""
    (worker,), (serve,) = containers("autopost"), containers("autopost-serve")
    assert variables(worker)["SOCIAL_POST_BROADCAST"] == variables(serve)["SOCIAL_POST_BROADCAST"]
