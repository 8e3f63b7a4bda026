"""One redactor for all tests of redaction: it keeps nothing between texts."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor

ALLOWED = "support@acme.com"


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """Return a redactor that lets one address stay."""
    return Redactor(allowlist=(ALLOWED,))
