"""proofread(): redacted as it goes out, and short enough."""

from __future__ import annotations

import re

import pytest

from autopost.errors import RedactionFailed
from autopost.model import Redaction
from autopost.writing.proofread import proofread
from tests.writing.samples import OneRuleRedactor, private_address


class NineDigitsRedactor:
    """Finds a number of exactly nine digits."""

    def redact(self, text: str) -> Redaction:
        """Return `text` without such numbers."""
        clean, count = re.subn(r"(?<!\d)\d{9}(?!\d)", "<NUMBER>", text)
        return Redaction(clean, {"NUMBER": count} if count else {})


class EndlessRedactor:
    """Finds something in whatever it is given, and makes it longer."""

    def redact(self, text: str) -> Redaction:
        """Return more than 280 characters."""
        return Redaction(text + "x" * 300, {"X": 1})


def test_a_post_is_redacted_before_it_is_cut() -> None:
    """An address across the limit would be half an address after the cut."""
    post = proofread("x" * 262 + " " + private_address("j" * 20), OneRuleRedactor())
    assert post.counts == {"EMAIL_ADDRESS": 1}
    assert "jjj" not in post.text


def test_a_finding_that_the_cut_made_is_redacted_too() -> None:
    """Nine digits are left of a longer number."""
    post = proofread("a" * 270 + "1" * 40, NineDigitsRedactor())
    assert "1" not in post.text
    assert post.counts == {"NUMBER": 1}
    assert len(post.text) <= 280


def test_findings_without_end_fail() -> None:
    """It fails closed."""
    with pytest.raises(RedactionFailed):
        proofread("text", EndlessRedactor())
