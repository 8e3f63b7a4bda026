"""A receiver, and hooks that point to it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator

import pytest

from tests.support.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that takes everything until it is told otherwise."""
    with Receiver() as running:
        yield running


@pytest.fixture
def secret() -> str:
    """Return a secret for signatures, as it stands in a file."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
