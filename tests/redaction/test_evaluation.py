"""The goals of redaction, held on a small seeded sample of both parts of the set. No failing text is shown."""

from __future__ import annotations

import pytest
from benchmarks.redaction.measure import Result, measure

from autopost.redaction.redactor import Redactor
from tests.data.redaction.parts import DEVELOPMENT, HELD_OUT
from tests.data.redaction.sample import Part

PLANTED_EACH = 30
CLEAN_COUNT = 600

GOALS = {
    "e-mail": 1.0, "SSN": 1.0, "IPv4": 1.0, "IPv6": 1.0, "MAC": 1.0, "IBAN": 1.0, "card": 0.99, "phone": 0.93,
}  # fmt: skip


@pytest.fixture(scope="module", params=[DEVELOPMENT, HELD_OUT], ids=lambda part: part.name)
def result(request: pytest.FixtureRequest) -> Result:
    """Measure a part."""
    part: Part = request.param
    redactor = Redactor()
    return measure(lambda text: [(f.start, f.end) for f in redactor.explain(text)], part, PLANTED_EACH, CLEAN_COUNT)


def test_personal_data_is_found(result: Result) -> None:
    """Of each kind as much as was promised."""
    shares = {kind: result.found["personal data"][kind].share for kind in GOALS}
    assert {kind: share for kind, share in shares.items() if share < GOALS[kind]} == {}


def test_structured_personal_data_is_found(result: Result) -> None:
    """All kinds together."""
    assert result.group("personal data").share >= 0.97


def test_tokens_of_vendors_are_found(result: Result) -> None:
    """In their published formats, every one; of vendors that nobody asked for nearly every one."""
    kinds = dict(result.found["vendors' tokens"])
    assert kinds.pop("vendors beyond the list").share >= 0.9
    assert {kind for kind, tally in kinds.items() if tally.share < 1} == set()


def test_secrets_are_found(result: Result) -> None:
    """Tokens, passwords, credentials in URLs and headers together."""
    tokens, others = result.group("vendors' tokens"), result.group("other secrets")
    assert (tokens.right + others.right) / (tokens.count + others.count) >= 0.98


def test_clean_sentences_stay(result: Result) -> None:
    """At most three in two hundred are changed."""
    assert 1 - result.clean.share <= 0.015


def test_nothing_else_goes_with_a_finding(result: Result) -> None:
    """The sentence around a value is readable afterwards."""
    assert 1 - result.neat.share <= 0.01
