"""Take personal data and secrets out of a text: `Redactor(...).redact(text)`.

The path of a text: normalise (normalise.py) → one pass that tells which rules can match (prefilter.py) →
Presidio's engine with the recognizers of those rules (engine.py, recognizer.py, rules/) → allowlist and
placeholders left alone → overlapping findings merged (merge.py) → replaced in the original text (redactor.py).

Without a spaCy model nothing here knows names of people: a name that stands alone stays.
"""

from __future__ import annotations

from autopost.redaction.redactor import Redactor

__all__ = ["Redactor"]
