"""The parts of the check that need no server: the clock, the language model, levels, and how it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from autopost.cli.checking.client import clock_finding, language_model
from autopost.cli.checking.drift import drift
from autopost.cli.checking.finding import Finding, Level, ok, problem, require_health, warning, worst
from autopost.cli.checking.model import model_answer
from autopost.cli.checking.objects import catalog_of, expected_catalog
from autopost.cli.checking.show import check_screen
from autopost.errors import Unhealthy
from autopost.settings import load_settings
from autopost.writing.voice import Voice
from tests.support.host import SCHEMAS
from tests.support.llm_server import LlmServer, says, sends_error, status
from tests.writing.samples import settings_for

FINE = ok("trigger", "enabled")
ODD = warning("workers", "none", "autopost run")
BAD = problem("outbox", "gone", "autopost migrate")


@pytest.fixture
def llm() -> Iterator[LlmServer]:
    """Return a local LLM."""
    with LlmServer() as server:
        yield server


@pytest.mark.parametrize(
    ("ahead", "level", "text"),
    [
        (1.9, Level.OK, "within 2 s"),
        (-2.0, Level.OK, "within 2 s"),
        (2.1, Level.WARNING, "the database's is 2.1 s ahead of this machine's"),
        (-3600, Level.WARNING, "the database's is 3600.0 s behind this machine's"),
    ],
)
def test_clocks_may_differ_by_two_seconds(ahead: float, level: Level, text: str) -> None:
    """More is a warning that says which is ahead."""
    finding = clock_finding(ahead)
    assert (finding.level, text in finding.finding) == (level, True)


def test_language_model_is_named_with_its_host_and_without_its_key() -> None:
    """No call is made."""
    key = "sk-" + "secret"
    settings = load_settings(require_database=False, openai_api_key=key, openai_base_url="https://llm.example/v1?t=s")
    finding = language_model(settings)
    assert (finding.level, finding.finding) == (Level.OK, "gpt-4o-mini at llm.example, with a key")
    assert "api.openai.com" in language_model(load_settings(require_database=False, openai_api_key=key)).finding


async def test_model_that_answers_is_well(llm: LlmServer) -> None:
    """One request is sent, and nothing of an operation is in it."""
    settings = settings_for(llm)
    assert (await model_answer(settings)).level is Level.OK
    (request,) = llm.requests
    assert "Checked that the installation works" in request.user


async def test_model_is_asked_in_the_voice_of_the_team(llm: LlmServer) -> None:
    """What is found is what posts will be."""
    await model_answer(settings_for(llm), Voice("like a pirate"))
    assert "- like a pirate\n" in llm.requests[0].system


async def test_model_that_does_not_answer_is_named_with_what_the_server_says(llm: LlmServer) -> None:
    """What the operator must change is a problem, and the advice says what; what may pass is a warning."""
    said = {"message": "text of Jane", "param": "frequency_penalty", "code": "unsupported_parameter"}
    cases = [
        (sends_error(400, said), Level.PROBLEM, "bad_request (status 400, code unsupported_parameter, parameter"),
        (status(401), Level.PROBLEM, "unauthorized (status 401)"),
        (status(404, error_code="model_not_found"), Level.PROBLEM, "not_found (status 404, code model_not_found)"),
        (status(402), Level.PROBLEM, "no_credit (status 402)"),
        (status(308, {"location": "/"}), Level.PROBLEM, "redirected (status 308)"),
        (status(503, {"retry-after": "60"}), Level.WARNING, "server_error (status 503)"),
        (says("I'm sorry, but I can't help with that."), Level.WARNING, "answers, but not with a post: refused"),
    ]
    for reply, level, text in cases:
        llm.will(reply)
        finding = await model_answer(settings_for(llm))
        assert (finding.level, text in finding.finding) == (level, True), finding
        assert finding.advice
        assert "Jane" not in finding.finding


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("http://10.0.0.5/v1", Level.WARNING),
        ("http://llm.example:8080/v1", Level.WARNING),
        ("http://localhost.example/v1", Level.WARNING),
        ("https://10.0.0.5/v1", Level.OK),
        ("http://127.0.0.1:11434/v1", Level.OK),
        ("http://[::1]:11434/v1", Level.OK),
        ("http://localhost:11434/v1", Level.OK),
    ],
)
def test_key_that_would_go_in_the_clear_is_a_warning(address: str, level: Level) -> None:
    """Beyond this machine, anyone on the way could read the key and the prompts."""
    settings = load_settings(require_database=False, openai_api_key="sk-" + "secret", openai_base_url=address)
    assert language_model(settings).level is level


def test_missing_key_is_a_warning_unless_templates_are_meant() -> None:
    """A worker says so at its start too."""
    assert language_model(load_settings(require_database=False)).level is Level.WARNING
    assert language_model(load_settings(require_database=False, llm_enabled=False)).level is Level.OK


@pytest.mark.parametrize(
    ("findings", "level", "fails", "fails_if_strict"),
    [
        ([], Level.OK, False, False),
        ([FINE], Level.OK, False, False),
        ([FINE, ODD], Level.WARNING, False, True),
        ([BAD, ODD, FINE], Level.PROBLEM, True, True),
    ],
)
def test_worst_finding_decides(findings: list[Finding], level: Level, fails: bool, fails_if_strict: bool) -> None:
    """A warning counts where it is asked for."""
    assert worst(findings) is level
    for strict, expected in ((False, fails), (True, fails_if_strict)):
        if expected:
            with pytest.raises(Unhealthy) as caught:
                require_health(findings, strict=strict)
            assert caught.value.exit_code == 5
        else:
            require_health(findings, strict=strict)


def test_unhealthy_says_how_much() -> None:
    """In one line."""
    with pytest.raises(Unhealthy, match=r"^1 problem, 2 warnings$"):
        require_health([BAD, ODD, ODD], strict=False)


def test_screen_has_a_line_for_each_finding_and_the_advice_beneath() -> None:
    """Nothing in them is obeyed by the terminal."""
    screen = check_screen([FINE, problem("outbox", "gone\x1b[2J [red]", "autopost migrate")]).plain
    assert screen.splitlines() == [
        "ok       trigger  enabled",
        "problem  outbox   gone [2J [red]",
        "                  autopost migrate",
    ]


def test_catalog_compares_across_versions_of_postgresql() -> None:
    """Before 16 a view's definition names its one table at every column."""
    older = catalog_of([{"object": "v", "part": "definition", "definition": "SELECT o.id,\n    o.state FROM t o"}])
    newer = catalog_of([{"object": "v", "part": "definition", "definition": "SELECT id,\n    state FROM t o"}])
    assert older == newer


def test_nothing_found_is_all_missing() -> None:
    """Each object once, with what makes it."""
    findings = drift({}, SCHEMAS, None)
    assert len(findings) == len(expected_catalog())
    assert all(finding.level is Level.PROBLEM and finding.advice for finding in findings)


def test_findings_are_json() -> None:
    """A level is its word."""
    assert json.dumps({"level": worst([ODD])}) == '{"level": "warning"}'
