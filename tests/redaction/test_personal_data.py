"""Structured personal data that is found, and look-alikes that are not."""

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from tests.redaction.fakes import card, grouped, iban
from tests.redaction.sentences import assert_redacted, assert_replaced, assert_unchanged


def test_email_address_is_found(redactor: Redactor) -> None:
    """At any domain, internal ones too."""
    addresses = [
        "bob.smith@example.com",
        "o'brien@example.org",
        "a+b@example.co.uk",
        "jane_doe@corp.local",
        "svc@db.internal",
        "üser@exämple.de",
        "x@xn--bcher-kva.example",
        "root@192.0.2.5",
        "admin@localhost",
        "BOB@EXAMPLE.COM",
        "1@2.example.io",
    ]
    assert_replaced(redactor, addresses, "EMAIL_ADDRESS")


def test_what_only_holds_an_at_sign_stays(redactor: Redactor) -> None:
    """Repositories, packages, images and mentions are no addresses."""
    texts = [
        "Cloned git@github.com:acme/widgets.git",
        "Pinned lodash@4.17.21",
        "uses actions/checkout@v4",
        "logo@2x.png",
        "@alice done",
    ]
    assert_unchanged(redactor, texts)


def test_card_number_is_found(redactor: Redactor) -> None:
    """In every network's range, with any separator."""
    ranges = [
        ("4", 16),
        ("4", 13),
        ("4", 19),
        ("51", 16),
        ("2221", 16),
        ("2720", 16),
        ("34", 15),
        ("37", 15),
        ("6011", 16),
        ("3530", 16),
        ("36", 14),
        ("62", 19),
        ("50", 12),
        ("6304", 19),
        ("2200", 16),
    ]
    signs = ["", " ", "-", "\u00a0", "\u2011"]
    numbers = [grouped(card(prefix, length), sign) for prefix, length in ranges for sign in signs]
    assert_replaced(redactor, numbers, "CREDIT_CARD")


def test_card_number_behind_other_digits_is_found(redactor: Redactor) -> None:
    """The groups around it do not hide it."""
    text = redactor.redact(f"12 34 {grouped(card('4', 16), ' ')} 5678").text
    assert text == "12 34 <CREDIT_CARD> 5678"


def test_long_number_that_no_network_issues_stays(redactor: Redactor) -> None:
    """Timestamps, order numbers and decimals are no cards."""
    texts = ["epoch 1714557600123 ms", "order 1000234567890123", "0.4111111111111111"]
    assert_unchanged(redactor, texts)


def test_iban_is_found_in_any_case_and_grouping(redactor: Redactor) -> None:
    """Upper, lower, together, in fours."""
    accounts = [
        iban("DE", "370400440532013000"),
        iban("GB", "WEST12345698765432"),
        iban("NO", "86011117947"),
        iban("FR", "20041010050500013M02606"),
        iban("MT", "MALT011000012345MTLCAST001S"),
    ]
    forms = [
        form
        for account in accounts
        for form in (account, account.lower(), grouped(account, " "), grouped(account.lower(), "-"))
    ]
    assert_replaced(redactor, forms, "IBAN_CODE")


def test_iban_ends_where_its_country_says(redactor: Redactor) -> None:
    """The words behind it stay."""
    text = f"Wire to {iban('DE', '370400440532013000')} 2 days later"
    assert redactor.redact(text).text == "Wire to <IBAN_CODE> 2 days later"


def test_social_security_number_is_found(redactor: Redactor) -> None:
    """With hyphens of any kind, spaces, or full-width digits."""
    numbers = ["536-90-4399", "536 90 4399", "912-70-1234", "５３６-９０-４３９９", "536\u201390\u20134399"]
    assert_replaced(redactor, numbers, "US_SSN")


def test_wallet_is_found(redactor: Redactor) -> None:
    """The published examples of the formats."""
    addresses = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "0x52908400098527886E0F7030069857D2E4169EE7"]
    assert_replaced(redactor, addresses, "CRYPTO")


def test_number_with_its_word_is_found(redactor: Redactor) -> None:
    """Where the shape alone says little, the word before it decides."""
    cases = [
        ("DOB: 03/12/1985", "03/12/1985", "DATE_OF_BIRTH"),
        ("She was born on 12 March 1985 in Oslo", "12 March 1985", "DATE_OF_BIRTH"),
        ("Passport number C01X00T47 was scanned", "C01X00T47", "PASSPORT"),
        ("passport no. 533380006", "533380006", "PASSPORT"),
        ("passport no. CZ6KLMN1X", "CZ6KLMN1X", "PASSPORT"),
        ("Geburtsdatum: 12.03.1985", "12.03.1985", "DATE_OF_BIRTH"),
        ("licence number: D6156478", "D6156478", "DRIVER_LICENSE"),
        ("driver license number is S123-4567-8901", "S123-4567-8901", "DRIVER_LICENSE"),
        ("Driving licence MORGA657054SM9IJ", "MORGA657054SM9IJ", "DRIVER_LICENSE"),
        ("bank account 12345678", "12345678", "BANK_ACCOUNT"),
        ("routing number 021000021", "021000021", "BANK_ACCOUNT"),
        ("sort code 20-00-00", "20-00-00", "BANK_ACCOUNT"),
        ("NHS number 943 476 5919", "943 476 5919", "NATIONAL_ID"),
        ("verification code is 482913", "482913", "ONE_TIME_CODE"),
        ("PIN is 4821", "4821", "PIN"),
    ]
    assert_redacted(redactor, ((text, text.replace(value, f"<{entity}>")) for text, value, entity in cases))


def test_number_without_its_word_stays(redactor: Redactor) -> None:
    """Dates, ids and amounts are what agents write about all day."""
    texts = [
        "on 03/12/1985",
        "C01X00T47 done",
        "row 12345678",
        "code 482913",
        "Routing table has 12345678 entries",
        "pinned to 4821",
        "Error code 482913",
        "Sort code refactored in 3 files",
        "called 1234567 endpoints",
        "range 100-2000",
    ]
    assert_unchanged(redactor, texts)


def test_address_that_is_split_or_read_out_is_found(redactor: Redactor) -> None:
    """By a space where a line ended, and by words for its signs."""
    forms = [
        "mira@larchmail .example",
        "mira @larchmail.example",
        "mira@ larchmail.example",
        "mira at larchmail dot example",
        "mira arroba larchmail punto example",
        "mira<at>larchmail.example",
        "mira[@]larchmail.example",
        "mira_at_larchmail_dot_example",
        "mira@larchmail。example",
    ]
    assert_redacted(redactor, ((f"Wrote to {form} today", "Wrote to <EMAIL_ADDRESS> today") for form in forms))


def test_what_only_looks_like_an_address_stays(redactor: Redactor) -> None:
    """Mentions, packages with a version, units of systemd."""
    texts = [
        "Thanks @larch.example for this",
        "look at the dot in it",
        "foo@1.2.3-beta.4 is out",
        "user@1000.service failed",
    ]
    assert_unchanged(redactor, texts)
