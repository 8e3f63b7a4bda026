"""What the redactor finds in an answer, and the prompt has too, is no leak."""

from __future__ import annotations

import pytest

from autopost.model import Redaction
from autopost.writing.answer import Answer
from autopost.writing.answer_check import Rejected
from autopost.writing.guard import post_in
from autopost.writing.leak_check import is_of_prompt
from tests.writing.samples import fields_of

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


class TakesShipsForPeople:
    """Takes a ship for a person at the beginning of a text, and a Miller anywhere."""

    def redact(self, text: str) -> Redaction:
        """Return the text without them."""
        for name in ("Nordhav", "Miller"):
            if text.startswith(name):
                return Redaction(text.replace(name, "<PERSON>", 1), {"PERSON": 1})
        return Redaction(text, {})


def test_words_of_the_prompt_are_published_redacted() -> None:
    """The placeholder is counted; a name that the prompt has not is a leak."""
    fields = fields_of(what_explanation="Moved the Nordhav from berth 7 to berth 4", why_explanation="", next_steps="")
    post = post_in(Answer("Nordhav now docks at berth 4 instead of 7."), fields, TakesShipsForPeople())
    assert post == Redaction("<PERSON> now docks at berth 4 instead of 7.", {"PERSON": 1})
    leak = post_in(Answer("Miller moved from berth 7 to berth 4."), fields, TakesShipsForPeople())
    assert leak == Rejected("private_data", {"PERSON": 1})
