"""Encodings hide nothing, and the whole encoded form is replaced."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from autopost.redaction.decode import embedded, unescaped
from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_redacted, assert_unchanged

ADDRESS = "anna@larch.example"


def test_encoded_address_is_replaced_whole(redactor: Redactor) -> None:
    """By percent signs once and twice, entities, escapes of JSON, base64 and hexadecimal digits."""
    forms = [
        ADDRESS.replace("@", "%40"),
        ADDRESS.replace("@", "%2540"),
        "".join(f"%{ord(character):02X}" for character in ADDRESS),
        ADDRESS.replace("@", "&#64;").replace(".", "&#x2e;"),
        ADDRESS.replace("@", "&commat;"),
        ADDRESS.replace("@", "\\u0040"),
        ADDRESS.replace("@", "\\x40"),
        base64.b64encode(ADDRESS.encode()).decode(),
        base64.urlsafe_b64encode(f"mail: {ADDRESS}".encode()).decode().rstrip("="),
        ADDRESS.encode().hex(),
    ]
    assert_redacted(redactor, ((f"Seen: {form} today", "Seen: <EMAIL_ADDRESS> today") for form in forms))


def test_escaped_structure_hides_no_value(redactor: Redactor) -> None:
    """JSON within JSON, and a URL within a URL."""
    cases = [
        ('{\\"password\\":\\"Maple77x\\"}', '{\\"password\\":\\"<PASSWORD>\\"}'),
        ("postgres:\\/\\/app:Maple77x@db\\/x", "postgres:\\/\\/<CREDENTIALS>@db\\/x"),
        ("to=https%3A%2F%2Fops%3AMaple77x%40web1%2F", "to=https%3A%2F%2F<CREDENTIALS>%40web1%2F"),
        ("415\u0300-555-0132 called", "<PHONE_NUMBER> called"),
        ("contrasen\u0303a: Maple77x", "contrasen\u0303a: <PASSWORD>"),
    ]
    assert_redacted(redactor, cases)


def test_encoded_text_without_a_finding_stays(redactor: Redactor) -> None:
    """Escapes are not undone in what is published."""
    texts = [
        "100%25 done",
        "R&amp;D is 12% larger",
        "https://example.com/a%20b%2Fc",
        "C:\\new\\table",
        "line one\\nline two",
    ]
    assert_unchanged(redactor, texts)


_FORMS = ["%41", "%C3%A9", "%FF", "&amp;", "&#64;", "\\u0041", "\\n", "%2541", "a", " ", "é", "%"]
_PIECES = st.lists(st.sampled_from(_FORMS), max_size=12)


@given(_PIECES.map("".join))
def test_spans_of_decoded_text_lead_back(text: str) -> None:
    """Every decoded character comes from a part of the text, in order."""
    view = unescaped(text)
    if view is not None and view.starts is not None and view.ends is not None:
        assert len(view.starts) == len(view.ends) == len(view.text)
        assert view.starts == sorted(view.starts)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))


def test_only_readable_runs_are_decoded() -> None:
    """Keys and images are not text."""
    run = base64.b64encode(b"user anna, town Larch").decode()
    assert [readable for _, readable in embedded(f"x {run} y")] == ["user anna, town Larch"]
    assert list(embedded(base64.b64encode(bytes(range(128, 168))).decode())) == []


def test_what_was_decoded_is_normalised() -> None:
    """A typographic hyphen and a digit of another script become plain ones, at the place of their escapes."""
    view = unescaped("tel%E2%80%93x%EF%BC%91")
    assert view is not None
    assert view.text == "tel-x1"
    assert view.original_span(3, 4) == (3, 12)
    assert view.original_span(5, 6) == (13, 22)
