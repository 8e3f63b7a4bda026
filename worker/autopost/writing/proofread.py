"""The last look at a post: redacted as it goes out, and short enough."""

from __future__ import annotations

from collections import Counter

from autopost.errors import RedactionFailed
from autopost.model import Redaction
from autopost.writing.fields import Redactor
from autopost.writing.length import cut

_MOST_ROUNDS = 5


def proofread(text: str, redactor: Redactor) -> Redaction:
    """Return `text` redacted and cut, in which the redactor finds nothing more.

    Redaction comes before the cut, and again after one: half a number may be a number too. Raises
    RedactionFailed when findings do not end.
    """
    counts: Counter[str] = Counter()
    for _ in range(_MOST_ROUNDS):
        found = redactor.redact(text)
        counts.update(found.counts)
        text = cut(found.text)
        if text == found.text:
            return Redaction(text, dict(counts))
    raise RedactionFailed("a post still had findings after it was redacted and cut several times")
