"""Sentences around values, to check that the values are replaced and the sentences are not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from autopost.redaction.redactor import Redactor
from tests.support.cases import assert_results

SENTENCES = ("Found {} in the form.", "({})", "{}", "Updated {}, then closed it", 'value="{}"', "It was {}!")


def assert_redacted(redactor: Redactor, expected: Iterable[tuple[str, str]]) -> None:
    """Check what each text becomes."""
    assert_results(lambda text: redactor.redact(text).text, expected)


def assert_replaced(
    redactor: Redactor, values: Iterable[str], entity: str, sentences: Iterable[str] = SENTENCES
) -> None:
    """Check that each value is replaced whole, by its type, in each sentence."""
    pairs = product(values, sentences)
    assert_redacted(redactor, ((sentence.format(value), sentence.format(f"<{entity}>")) for value, sentence in pairs))


def assert_unchanged(redactor: Redactor, texts: Iterable[str]) -> None:
    """Check that nothing is found in any of the texts."""
    assert_redacted(redactor, ((text, text) for text in texts))
