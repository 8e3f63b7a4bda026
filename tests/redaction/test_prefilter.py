"""The prefilter may only ever spare work."""

# ruff: noqa: E501  # a class of characters on one line

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from presidio_analyzer import Pattern, PatternRecognizer

from autopost.redaction.deadline import Deadline
from autopost.redaction.nlp import LANGUAGE, Words
from autopost.redaction.prefilter import Prefilter
from autopost.redaction.recognizer import RuleRecognizer
from autopost.redaction.redactor import Redactor
from autopost.redaction.rule import Rule
from autopost.redaction.rules import FAMILIES, grouped_rules
from tests.redaction.fakes import vendor_tokens
from tests.support.cases import assert_results

RULES = [rule for rules in FAMILIES.values() for rule in rules]
PREFILTER = Prefilter(grouped_rules())
RECOGNIZERS = [RuleRecognizer(name, rules) for name, rules in FAMILIES.items()]

_PYTHON_FORMS = {r"\p{L}": "a-zA-Zäß", r"\p{M}": "\u0301", r"\p{N}": "0-9", r"\z": r"\Z"}


def _as_python(pattern: str) -> str:
    """Return RE2's pattern in the syntax of `re`, for Hypothesis to make texts that match it."""
    for theirs, ours in _PYTHON_FORMS.items():
        pattern = pattern.replace(theirs, ours)
    return pattern


_CLASSES = {
    "Lu": "A-ZÄÖÜÅØ", "Ll": "a-zäöüåøéñ", "L": "A-Za-zÄÖÜäöüåøéñ", "N": "0-9", "Han": "一-龥", "Hiragana": "ぁ-ん", "Katakana": "ァ-ン", "Cyrillic": "а-яА-Я",
}  # fmt: skip


def _without_properties(pattern: str) -> str:
    """Return a pattern with some characters for each class of Unicode, which Python's `re` does not know."""
    pieces, inside, place = [], False, 0
    while place < len(pattern):
        found = re.match(r"\\p(?:\{(\w+)\}|(\w))", pattern[place:])
        if found:
            characters = _CLASSES[found.group(1) or found.group(2)]
            pieces.append(characters if inside else f"[{characters}]")
            place += found.end()
            continue
        length = 2 if pattern[place] == "\\" else 1
        piece = pattern[place : place + length]
        inside = (inside or piece == "[") and piece != "]"
        pieces.append(piece)
        place += length
    return "".join(pieces)


def _alphabet(pattern: str) -> str:
    """Return the characters to make texts of: those of ASCII and of the pattern."""
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *pattern, "\n", "\xa0"} - {"\0"}))


def _texts(rule: Rule) -> st.SearchStrategy[str]:
    """Return texts made from the pattern itself, with something before and after."""
    pattern = _without_properties(_as_python(rule.pattern))
    try:
        matching = st.from_regex(re.compile(pattern), alphabet=_alphabet(pattern))
        matching.validate()
    except re.error:
        pattern = pattern.replace("(?i:", "(?:")
        matching = st.from_regex(re.compile(pattern), alphabet=_alphabet(pattern))
    around = st.text("ab1 .:\n", max_size=3)
    return st.tuples(around, matching, around).map("".join)


def _missed(rule: Rule) -> list[str]:
    """Return a text that the rule's pattern matches and the prefilter passes over, if one is found."""
    missed: list[str] = []

    @settings(
        max_examples=2,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(text=_texts(rule))
    def look(text: str) -> None:
        assume(rule.compile().search(text) is not None)
        if rule not in PREFILTER.candidates(text):
            missed[:] = [text]
            pytest.fail(text)

    # Python's \b and RE2's differ beside letters that are not of ASCII: then no text of a few matches.
    with suppress(pytest.fail.Exception, Unsatisfiable):
        look()
    return missed


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_anchor_is_in_every_text_that_the_pattern_matches(family: str) -> None:
    """The prefilter names every rule whose pattern is in the text. Without an anchor the pattern is its own."""
    assert_results(_missed, ((rule, []) for rule in FAMILIES[family] if rule.anchor is not None))


_WORDS = st.sampled_from(
    [
        "password",
        "token",
        "secret",
        " is ",
        ": ",
        "=",
        '"',
        "@",
        "a",
        "example.com",
        "4111",
        "1111",
        " ",
        "-",
        ".",
        "+49",
        "(0",
        ")",
        "12",
        "555",
        "0147",
        "::",
        "db8",
        "fe80",
        "://",
        "Bearer ",
        "call ",
        "passport",
        "iban ",
        "DE89",
        "born ",
        "sk-",
        "eyJ",
        "PIN ",
        "\n",
        "é",
        "９",
    ]
    + [token for token, _ in vendor_tokens().values()]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=20).map("".join))
def test_skipping_loses_no_finding(text: str) -> None:
    """The recognizers find the same with the prefilter's choice of rules as with all of them."""
    candidates = PREFILTER.candidates(text)
    for recognizer in RECOGNIZERS:
        everything = recognizer.analyze(text, recognizer.get_supported_entities())
        chosen = recognizer.matches(text, candidates, Deadline(10))
        assert {(r.entity_type, r.start, r.end) for r in chosen} == {
            (r.entity_type, r.start, r.end) for r in everything
        }


def test_every_rule_is_in_one_group() -> None:
    """No family is forgotten by the prefilter."""
    grouped = [rule for rules in grouped_rules() for rule in rules]
    assert len(grouped) == len(RULES)
    assert set(grouped) == set(RULES)


def test_clean_prose_meets_no_anchor() -> None:
    """Most texts need no more than the one pass."""
    assert PREFILTER.candidates("Finished the weekly report and shared it with the team, 12 charts in all.") == []


def test_rule_names_its_source() -> None:
    """Anyone who doubts a pattern can look it up."""
    assert [rule for rule in RULES if not rule.source or not re.fullmatch("[A-Z][A-Z_]+", rule.entity)] == []


def test_context_words_of_a_presidio_recognizer_work_without_a_model(redactor: Redactor) -> None:
    """The lower-cased words stand for lemmas."""
    badge = PatternRecognizer("BADGE", patterns=[Pattern("badge", r"\b\d{5}\b", 0.1)], context=["badge"])
    analyzer = redactor._engine._analyzer
    artifacts = Words().process_text("Her Badge was 12345", LANGUAGE)
    found = analyzer.analyze("Her Badge was 12345", LANGUAGE, ad_hoc_recognizers=[badge], nlp_artifacts=artifacts)
    assert [result.entity_type for result in found] == ["BADGE"]
