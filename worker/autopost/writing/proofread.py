"""The final check of a post: redacted and within the length limit."""

from __future__ import annotations

from collections import Counter

from autopost.errors import RedactionFailed
from autopost.model import Redaction
from autopost.writing.fields import Redactor
from autopost.writing.length import cut

_MAX_ROUNDS = 5


def proofread(text: str, redactor: Redactor) -> Redaction:
    """Return `text` redacted and cut, so that the redactor finds nothing more in it.

    Redaction runs before the cut and again after it, because part of a number can be a number, too. Raises
    RedactionFailed if findings remain after several rounds.
    """
    counts: Counter[str] = Counter()
    for _ in range(_MAX_ROUNDS):
        found = redactor.redact(text)
        counts.update(found.counts)
        text = cut(found.text)
        if text == found.text:
            return Redaction(text, dict(counts))
    raise RedactionFailed("a post still had findings after it was redacted and cut several times")
