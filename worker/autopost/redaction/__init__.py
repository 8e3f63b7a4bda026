"""Take personal data and secrets out of a text: `Redactor(...).redact(text)`.

The path of a text: normalise (normalise.py) → one pass that tells which rules can match (prefilter.py) →
Presidio's engine with the recognizers of those rules (engine.py, recognizer.py, rules/) → allowlist and
placeholders left alone → overlapping findings merged (merge.py) → replaced in the original text (redactor.py).

Without a model (models.py) or a list (names.py) nothing here knows names of people: they stay. A user's own
patterns come from a file (pattern_file.py).

This package imports nothing by itself: Presidio takes a second to load.
"""
