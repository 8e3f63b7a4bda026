"""How far tests look that could look for ever: not far every day, further in CI (--hypothesis-profile thorough)."""

from __future__ import annotations

import hypothesis

THOROUGH = hypothesis.settings.get_current_profile_name() != "everyday"


def examples(number: int) -> int:
    """Return how many examples to try: a quarter of this number every day."""
    return number if THOROUGH else number // 4
