"""Values in a table are found by the heading of their column, or by the first cell of a row of two."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from autopost.redaction.tables import headed_cells
from tests.redaction.sentences import assert_unchanged

ROWS = "| terminal | refund pin | shift |\n|---|---|---|\n| bar 2 | 66190 | late |\n| lobby | not set | early |"


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        f"Refunds:\n\n{ROWS}\n\nDone.",
        "| terminal | refund pin | shift | | bar 2 | 66190 | late | | lobby | not set | early |",
        "terminal;refund pin;shift\nbar 2;66190;late",
        "| setting | value |\n| refund pin | 66190 |",
    ],
)
def test_value_under_its_heading_is_found(redactor: Redactor, text: str) -> None:
    """Of Markdown, also with its lines joined, of separated values, and of two columns."""
    assert redactor.redact(text).text == text.replace("66190", "<PIN>")


def test_text_without_a_table_has_no_cells() -> None:
    """Lines that are no rows, and a table without rows."""
    for text in ("Hello, Ann\nthank you", "a | b", "| a | b |\n|---|---|", "one\ntwo, three, four"):
        assert headed_cells(text) is None


def test_table_without_a_value_stays(redactor: Redactor) -> None:
    """Counts and words under headings."""
    assert_unchanged(redactor, ["| region | orders | share |\n| north | 1204 | 31 % |\n| south | 96 | 2 % |"])
