"""redact_fields(): all that may be used of an operation, redacted."""

from __future__ import annotations

import pytest

from autopost.errors import RedactionFailed
from autopost.writing import has_explanation
from autopost.writing.fields import redact_fields
from tests.writing.samples import (
    BrokenRedactor,
    OneRuleRedactor,
    an_agent,
    an_operation,
    fields_of,
    private_address,
)


def test_every_text_is_redacted_and_counted() -> None:
    """The agent's name and the operation's type are texts too."""
    address = private_address()
    fields = fields_of(
        agent_name=f"Bot {address}",
        operation_type=f"mail_{address}",
        what_explanation=f"Wrote to {address}",
        why_explanation=f"{address} asked",
        next_steps=f"Call {address} and {address}",
    )
    assert address not in repr(fields)
    assert fields.redactions == {"EMAIL_ADDRESS": 6}


def test_each_text_is_redacted_once(redactor: OneRuleRedactor) -> None:
    """Redaction is the costly part."""
    redact_fields(an_operation(why_explanation=None), an_agent(), redactor)
    assert len(redactor.seen) == 4


def test_an_address_hidden_by_invisible_characters_is_found() -> None:
    """What the redactor sees is what goes out."""
    fields = fields_of(what_explanation="Wrote to " + private_address().replace("@", "\u200b@\u00ad"))
    assert fields.what == "Wrote to <EMAIL_ADDRESS>"


def test_missing_texts_are_empty() -> None:
    """None and blank are the same."""
    fields = fields_of(agent_name=None, what_explanation=" \u200b", why_explanation=None, next_steps="\n")
    assert (fields.agent_name, fields.what, fields.why, fields.next_steps) == ("", "", "", "")


def test_the_word_that_the_capture_cut_is_dropped() -> None:
    """Half an address would not be recognised."""
    text = ("word " * 800)[:3_990] + "jane.doe@p"
    assert len(text) == 4_000
    assert fields_of(what_explanation=text).what.endswith("word word")


def test_a_number_that_the_capture_cut_is_dropped_whole() -> None:
    """Three groups of a card number are not recognised as one."""
    text = "x" + " " * 3_900 + "paid with 4111 1111 11"
    assert fields_of(what_explanation=text.ljust(4_000, "1")).what == "x paid with"


def test_a_text_shorter_than_the_capture_limit_keeps_its_last_word() -> None:
    """3,999 characters were not cut."""
    assert fields_of(what_explanation=("word " * 800)[:3_995] + "last").what.endswith("last")


def test_a_long_text_in_a_script_without_spaces_is_not_lost() -> None:
    """Chinese has no spaces to cut at."""
    assert fields_of(what_explanation="完成" * 2_000).what == "完成" * 2_000


def test_a_megabyte_of_text_is_bounded() -> None:
    """The trigger keeps 4,000 characters; whatever comes, no more is used."""
    fields = fields_of(agent_name="n" * 1_000_000, what_explanation="word " * 200_000)
    assert len(fields.what) <= 4_000
    assert len(fields.agent_name) <= 80


def test_a_failed_redaction_passes_through() -> None:
    """Nothing is used that could not be redacted."""
    with pytest.raises(RedactionFailed):
        redact_fields(an_operation(), an_agent(), BrokenRedactor())


def test_a_blank_explanation_is_none() -> None:
    """White space and zero-width characters explain nothing."""
    texts = [None, "", "  \n", "\u00a0\u2003", "\u200b\ufeff", "\u3164"]
    assert [text for text in texts if has_explanation(an_operation(what_explanation=text))] == []


def test_one_visible_character_is_an_explanation() -> None:
    """Short is not blank."""
    texts = ["done", "0", "完", "✅"]
    assert [text for text in texts if not has_explanation(an_operation(what_explanation=text))] == []
