"""retry_after_seconds(): how long a server asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime

from autopost.backoff import retry_after_seconds
from tests.support.cases import assert_results

NOW = datetime(2026, 1, 5, 12, 0, 0, tzinfo=UTC)


def test_every_form_of_the_header_is_read() -> None:
    """Milliseconds, seconds, dates, nonsense."""
    cases = [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Mon, 05 Jan 2026 12:00:07 GMT"}, 7.0),
        ({"retry-after": "Mon, 05 Jan 2026 12:00:07 -0000"}, 7.0),
        ({"retry-after": "Mon, 05 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "1e999"}, 86_400.0),
        ({"retry-after-ms": "1e308"}, 86_400.0),
        ({"retry-after": "Mon, 05 Jan 9999 12:00:07 GMT"}, 86_400.0),
        ({"retry-after": "3" * 101}, None),
        ({"retry-after": "\u0663"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Mon, 99 Jan 2026 99:00:00 GMT"}, None),
        ({}, None),
    ]
    assert_results(lambda headers: retry_after_seconds(headers, NOW), cases)
