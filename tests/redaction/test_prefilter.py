"""The prefilter may only ever spare work."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import Pattern, PatternRecognizer

from autopost.redaction.deadline import Deadline
from autopost.redaction.nlp import LANGUAGE, Words
from autopost.redaction.prefilter import Prefilter
from autopost.redaction.recognizer import RuleRecognizer
from autopost.redaction.redactor import Redactor
from autopost.redaction.rule import Rule
from autopost.redaction.rules import FAMILIES, IDS
from autopost.redaction.rules.sets import ROWS
from tests.redaction.fakes import vendor_tokens
from tests.redaction.matching import matching
from tests.support.cases import assert_results
from tests.support.thoroughness import examples

RULES = [rule for rules in FAMILIES.values() for rule in rules]
PREFILTER = Prefilter(RULES)
RECOGNIZER = RuleRecognizer("rules", RULES)

MATCHING_TEXTS = 3  # for each rule
MOST_TRIES = 60  # a word boundary may be somewhere else in a text that was made
_BEFORE = ["", "a ", " ", "\n", ". "]
_BEHIND = ["", " b", " ", ".", "\n"]


def _texts(rule: Rule) -> Iterator[str]:
    """Yield texts that the rule's pattern matches, with something before and after, the same in every run."""
    dice, pattern = random.Random(IDS[rule]), rule.compile()
    tries = (dice.choice(_BEFORE) + matching(rule.pattern, dice) + dice.choice(_BEHIND) for _ in range(MOST_TRIES))
    return islice((text for text in tries if pattern.search(text) is not None), MATCHING_TEXTS)


def _missed(rule: Rule) -> list[str] | None:
    """Return the texts that the rule's pattern matches and the prefilter passes over; None if none was made."""
    texts = list(_texts(rule))
    return [text for text in texts if rule not in PREFILTER.candidates(text)] if texts else None


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
        "<PASSWORD>",
        "\u200b",
        "é",
        "９",
    ]
    + [token for token, _ in vendor_tokens().values()]
)


@settings(max_examples=examples(120), deadline=None)
@given(st.lists(_WORDS, max_size=20).map("".join))
def test_skipping_loses_no_finding(text: str) -> None:
    """The rules that the prefilter passes over find nothing that the others do not find."""
    candidates = PREFILTER.candidates(text)
    found, missed = (
        {(result.entity_type, result.start, result.end) for result in RECOGNIZER.matches(text, rules, Deadline(60))}
        for rules in (candidates, set(RULES).difference(candidates))
    )
    assert missed <= found


def test_every_anchor_is_in_one_set() -> None:
    """No rule is forgotten by the prefilter, and the rules and families that are given a set exist."""
    assert sorted(number for _, numbers in PREFILTER._sets for number in numbers) == list(range(len(RULES)))
    families = {rule_id.partition(".")[0] for rule_id in IDS.values()}
    named = [name for names in ROWS for name in names]
    assert len(named) == len(set(named))
    assert set(named) - set(IDS.values()) == families


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
