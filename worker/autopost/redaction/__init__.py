"""Redact personal data and secrets in a text: `Redactor(...).redact(text)`.

Steps: normalise the text (normalise.py) → find the rules that can match, in one pass (prefilter.py) → run Presidio's
engine with the recognizers of those rules (engine.py, recognizer.py, rules/) → drop findings in the allowlist and in
placeholders → merge overlapping findings (merge.py) → replace them in the original text (redactor.py).

Full names of people are found by rule (people/), by a list (names.py) and by a model (models.py); names of agents stay
(people/agents.py). A user's own patterns come from a file (pattern_file.py).

The package imports none of its modules, because Presidio takes a second to import.
"""
