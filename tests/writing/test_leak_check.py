"""What the redactor finds in an answer, and the prompt has too, is no leak."""

from __future__ import annotations

import pytest

from autopost.model import Redaction
from autopost.writing.leak_check import is_of_prompt

KNOWN = "Quay Moved the Nordhav to the Elm terminal. Ask Ada about the rest."


@pytest.mark.parametrize(
    ("text", "redacted", "counts", "is_known"),
    [
        ("Nordhav has moved.", "<PERSON> has moved.", {"PERSON": 1}, True),
        ("Ada Nordhav has moved.", "<PERSON> has moved.", {"PERSON": 1}, True),
        ("Ada Miller has moved.", "<PERSON> has moved.", {"PERSON": 1}, False),
        ("Now at the Elm terminal.", "Now at the <STREET_ADDRESS>.", {"STREET_ADDRESS": 1}, True),
        ("Now at Elm 5.", "Now at <STREET_ADDRESS>.", {"STREET_ADDRESS": 1}, False),
        ("Ada Elm and Bo Elm moved.", "<PERSON> and <PERSON> moved.", {"PERSON": 2}, False),
        ("Nordhav has mov", "<PERSON> has…", {"PERSON": 1}, False),
    ],
)
def test_only_what_the_prompt_has_is_no_leak(text: str, redacted: str, counts: dict[str, int], is_known: bool) -> None:
    """Each finding as a whole; of a name each word. What cannot be told is a leak."""
    assert is_of_prompt(text, Redaction(redacted, counts), KNOWN) is is_known
