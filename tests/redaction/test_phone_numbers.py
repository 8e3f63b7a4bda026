"""Telephone numbers that are found, and look-alikes that are not."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_redacted, assert_replaced, assert_unchanged


def test_phone_number_is_found(redactor: Redactor) -> None:
    """International and national forms."""
    numbers = [
        "+1 212 555 0147",
        "+442079460958",
        "(212) 555-0188",
        "212-555-0123",
        "415.555.0199",
        "020 7946 0123",
        "07700 900123",
        "030 12345678",
        "+33 1 23 45 67 89",
        "01 23 45 67 89",
        "06.12.34.56.78",
        "98765 43210",
        "03-1234-5678",
        "(02) 5550 1234",
        "+55 11 91234-5678",
        "612 34 56 78",
        "1-800-555-0199",
        "+1 (650) 555-0101 ext. 42",
        "0049 30 901820",
        "+972-2-555-1234",
    ]
    assert_replaced(redactor, numbers, "PHONE_NUMBER")


@pytest.mark.parametrize(
    "text", ["call me at 5550123", "phone: 555-0188", "his mobile is 2125550123", "text her on 9123 4567"]
)
def test_short_phone_number_is_found_behind_its_word(redactor: Redactor, text: str) -> None:
    """A number without area code needs a word."""
    assert redactor.redact(text).counts == {"PHONE_NUMBER": 1}


def test_bare_phone_number_is_found(redactor: Redactor) -> None:
    """Ten digits and more need no word for a telephone where a numbering plan knows them."""
    sentences = [
        "Wrote to {} about it",
        "{} wants a call back",
        "The guest's number is {}",
        "Contact: {}",
        "Voicemail from {}",
        "Saw {} on the form",
    ]
    numbers = ["2125550147", "0612358354", "07410411669"]
    assert_replaced(redactor, numbers, "PHONE_NUMBER", sentences)


def test_bare_number_with_another_name_stays(redactor: Redactor) -> None:
    """What is an order, an id or a count is no telephone number."""
    texts = [
        "Order 2125550147 is packed",
        "IDs 2125550147 and 2125550148 are the same",
        '"job_id": 2125550147',
        "2125550147 bytes read",
        "Their 85971846 export is ready",
        "Contact sync: 94196293 records",
        "Call log 61354471 archived",
        "EAN 4399872772662 added",
    ]
    assert_unchanged(redactor, texts)


def test_value_behind_a_refused_one_is_found(redactor: Redactor) -> None:
    """A date or a count between a word and its number does not hide the number."""
    cases = [
        ("passport 2031-05-10 C01X00T47", "passport 2031-05-10 <PASSPORT>"),
        ("Called 3 times at 91234567", "Called 3 times at <PHONE_NUMBER>"),
        ("Rang twice (2x) on 91234567", "Rang twice (2x) on <PHONE_NUMBER>"),
    ]
    assert_redacted(redactor, cases)


def test_number_of_a_messenger_or_a_form_is_found(redactor: Redactor) -> None:
    """In links, parameters, other scripts and with other signs between the groups."""
    cases = [
        ("wa.me/14155550132", "wa.me/<PHONE_NUMBER>"),
        ("callto:+14155550132", "callto:<PHONE_NUMBER>"),
        ("phone_number=4155550132", "phone_number=<PHONE_NUMBER>"),
        ("caller id 4155550132", "caller id <PHONE_NUMBER>"),
        ("Tlf 91234567", "Tlf <PHONE_NUMBER>"),
        ("電話番号は090-1234-5678です", "電話番号は<PHONE_NUMBER>です"),
        ("+1·415·555·0132", "<PHONE_NUMBER>"),
        ("call 4\ufe0f\u20e31\ufe0f\u20e35\ufe0f\u20e3 555 0132", "call <PHONE_NUMBER>"),
    ]
    assert_redacted(redactor, cases)
