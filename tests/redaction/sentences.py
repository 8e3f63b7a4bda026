"""Sentences around a value, to check that it is replaced and they are not."""

from __future__ import annotations

from autopost.redaction.redactor import Redactor

SENTENCES = ("Found {} in the form.", "({})", "{}", "Updated {}, then closed it", 'value="{}"', "It was {}!")


def assert_replaced(redactor: Redactor, value: str, entity: str) -> None:
    """Check that the value is replaced whole, by its type, in several sentences."""
    for sentence in SENTENCES:
        assert redactor.redact(sentence.format(value)).text == sentence.format(f"<{entity}>")
