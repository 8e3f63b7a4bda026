"""The final check of a post: redacted and within the length limit."""

from __future__ import annotations

from collections import Counter

import regex

from autopost.errors import RedactionFailed
from autopost.model import Redaction
from autopost.writing.fields import Redactor
from autopost.writing.length import cut

_MAX_ROUNDS = 5
_STAND_IN = "\U0010fffe"  # replaces a title while the rest is redacted: a noncharacter, which no text needs


def proofread(text: str, redactor: Redactor, title: str = "") -> Redaction:
    """Return `text` redacted and cut, so that the redactor finds nothing more in it.

    `title` is a text of the team: where it stands in `text`, in any case, it is kept as it is. Redaction runs before
    the cut and again after it, because part of a number can be a number, too. Raises RedactionFailed if findings
    remain after several rounds.
    """
    counts: Counter[str] = Counter()
    for _ in range(_MAX_ROUNDS):
        found = _redacted(text, redactor, title)
        counts.update(found.counts)
        text = cut(found.text)
        if text == found.text:
            return Redaction(text, dict(counts))
    raise RedactionFailed("a post still had findings after it was redacted and cut several times")


def _redacted(text: str, redactor: Redactor, title: str) -> Redaction:
    """Return `text` redacted, but for the title."""
    titles: list[str] = []

    def stand_in(found: regex.Match[str]) -> str:
        titles.append(found[0])
        return _STAND_IN

    if title:
        text = regex.sub(rf"(?<!\w){regex.escape(title)}(?!\w)", stand_in, text.replace(_STAND_IN, ""), flags=regex.I)
    redaction = redactor.redact(text)
    if not titles:
        return redaction
    # One that a finding swallowed is missing.
    return Redaction(regex.sub(_STAND_IN, lambda _: titles.pop(0), redaction.text, count=len(titles)), redaction.counts)
