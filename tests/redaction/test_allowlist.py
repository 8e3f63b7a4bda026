"""Addresses that stay, and their near misses that do not."""

from __future__ import annotations

import pytest

from autopost.errors import ConfigurationError
from autopost.redaction.allowlist import Allowlist, require_addresses
from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_unchanged


def test_allowed_address_stays(redactor: Redactor) -> None:
    """Case, punctuation and invisible characters around it make no difference."""
    texts = [
        "Write to support@acme.com.",
        "SUPPORT@Acme.COM replied",
        "(support@acme.com)",
        "support@acme.com's inbox is empty",
        "<support@acme.com>",
        "mailto:support@acme.com",
        "support@acme.com, then",
        "support@acme.com!",
        "support@acme.com: open",
        "'support@acme.com'",
        "**support@acme.com**",
        "?mail=support@acme.com&x=1",
        "|support@acme.com|",
        "support@acme.com",
        "Write to support@acme.com. now",
        "support@acme.com - done",
        "supp\u00adort@acme.com",
    ]
    assert_unchanged(redactor, texts)


def test_near_miss_is_redacted(redactor: Redactor) -> None:
    """What is longer, shorter or elsewhere is another address."""
    addresses = [
        "support@acme.com.evil.io",
        "xsupport@acme.com",
        "x.support@acme.com",
        "support@acme.community",
        "support@acme.com-evil.io",
        "support@acme.co",
        "support+x@acme.com",
        "support@sub.acme.com",
        "not-support@acme.com",
        "support@acmeXcom.io",
        "_support@acme.com",
        "support@acme.com_x",
        "support@acme.com@evil.io",
        "o'support@acme.com",
        "support@acme.cοm",
    ]
    texts = [redactor.redact(f"Write to {address} now").text for address in addresses]
    assert [text for text in texts if "<EMAIL_ADDRESS>" not in text or "support@acme" in text] == []


def test_other_address_beside_an_allowed_one_is_redacted(redactor: Redactor) -> None:
    """The allowlist says nothing about its neighbours."""
    text = redactor.redact("support@acme.com,bob@acme.com").text
    assert text == "support@acme.com,<EMAIL_ADDRESS>"


def test_finding_around_an_allowed_address_is_redacted(redactor: Redactor) -> None:
    """A credential does not become public because an allowed address ends it."""
    assert "s3cret" not in redactor.redact("postgres://app:s3cret-support@acme.com/db").text


def test_empty_entries_allow_nothing() -> None:
    """A stray comma in the setting is harmless."""
    assert Allowlist(["", "  "]).spans("support@acme.com") == []


def test_entry_is_compared_without_regard_to_space_and_case() -> None:
    """The setting may be written in any case."""
    assert Allowlist([" Support@ACME.com "]).spans("x support@acme.com") == [(2, 18)]


def test_entry_that_matches_no_address_is_refused_with_advice() -> None:
    """A user who believes that a domain is allowed would wonder about every post."""
    advice = {
        "@larch.example": "list each address, such as support@larch.example",
        "*@larch.example": "list each address",
        "support": "is not an address; expected: name@domain",
        "+1 415 555 0132": "separate addresses with a comma",
        "a@larch.example;b@larch.example": "separate addresses with a comma",
        '["support@larch.example"]': "without quotes and brackets",
        "larch.example": "expected: name@domain",
    }
    for entry, expected in advice.items():
        with pytest.raises(ConfigurationError) as caught:
            require_addresses(["ok@larch.example", entry])
        assert expected in str(caught.value), entry
        assert entry in str(caught.value)
    require_addresses(["support@larch.example", " Ops@Larch.example ", "", "röd@larch.example", "o'k+x@internal"])
