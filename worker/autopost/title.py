"""The title of a rule, in the middle and at the start of a sentence. Pure."""

from __future__ import annotations

import re

# A title that begins with one of these was written as at the start of a sentence.
_BEGINNING = re.compile(r"(A|An|The|Our|Your|Their|His|Her|Its|This|That|Some|Another|Each|Every)(?=\s)")
_FIRST_WORD = re.compile(r"\S+")


def mid_sentence(title: str) -> str:
    """Return a title for the middle of a sentence: `A workflow` as `a workflow`, `CRM sync` as it is."""
    return _BEGINNING.sub(lambda found: found[0].lower(), title, count=1) if _BEGINNING.match(title) else title


def start_of_sentence(title: str) -> str:
    """Return a title for the start of a sentence: `a workflow` as `A workflow`, `iOS build` and `e-mail2x` as they are.

    The first letter is changed where the first word is in lower case, letters of any script included.
    """
    first = _FIRST_WORD.match(title)
    return title[0].upper() + title[1:] if first and first[0].islower() and len(title[0].upper()) == 1 else title
