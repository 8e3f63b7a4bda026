"""Numbers that are dictated are found as if they were written, and what people choose as a password near signing in."""

from __future__ import annotations

import pytest

from autopost.redaction.decode import dictated
from autopost.redaction.redactor import Redactor
from autopost.redaction.rules.sign_in import is_chosen
from tests.redaction.sentences import assert_unchanged
from tests.support.cases import assert_results


@pytest.mark.parametrize(
    "marked",
    [
        "The login code they sent me is |7 0 3 3 9 2|, hurry.",
        "Her SSN is |5 4 1 - 7 8 - 6 3 0 2|, repeated twice.",
        "The caller read it off the router: |109 dot 144 dot 27 dot 203|, profile fixed.",
    ],
)
def test_dictated_number_is_found(redactor: Redactor, marked: str) -> None:
    """Single digits, with words for the signs between them."""
    before, value, after = marked.split("|")
    found = [(f.start, f.end) for f in redactor.explain(before + value + after)]
    assert found == [(len(before), len(before) + len(value))]


def test_only_dictated_numbers_are_read() -> None:
    """Words for digits count only among others; other texts have no such form."""
    view = dictated("say four-four-one-nine then go")
    assert view is not None
    assert view.text == "say 4419 then go"
    assert dictated("Two of 30 rows, 1 2 apart, and version 3.1.4 1") is None


@pytest.mark.parametrize(
    "marked",
    [
        "The shared laptop opens with |warmtubes77|, all lower case.",
        "Nobody else knows that |Gasket4Life| gets you into the booking account.",
        "Portal: he says the word to get in is |lorry-Lorry-9|, case matters.",
        "To open the zipped readings type |kWh*2026*Q1| when asked.",
        "Her account kept locking, so for tonight it's set to |Welcome-Aboard-41| and expires at noon.",
    ],
)
def test_chosen_password_is_found_near_signing_in(redactor: Redactor, marked: str) -> None:
    """Without a word for a password."""
    before, value, after = marked.split("|")
    assert value not in redactor.redact(before + value + after).text


def test_names_of_things_are_no_passwords(redactor: Redactor) -> None:
    """Machines, programs, releases and keys, in sentences about signing in."""
    assert_results(
        is_chosen,
        [
            (name, False)
            for name in ("web-prod-3", "Windows11", "Release-Candidate-12", "Ctrl+Shift+P", "orders_v2", "INV20431")
        ],
    )
    assert_unchanged(
        redactor,
        [
            "Logged in to Release-Candidate-12 environment.",
            "Press the key combination Ctrl+Shift+P to open the palette.",
            "Users who type password123 get a warning that it is on the list of weak ones.",
            "The portal opens with Firefox128 and Safari17 now.",
        ],
    )
