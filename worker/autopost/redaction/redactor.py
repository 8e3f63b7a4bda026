"""The door to redaction: one text in, the same text without personal data and secrets out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autopost.errors import RedactionFailed
from autopost.model import Redaction
from autopost.redaction.allowlist import Allowlist
from autopost.redaction.deadline import Deadline
from autopost.redaction.engine import Engine
from autopost.redaction.merge import Finding, merge, outside, within
from autopost.redaction.normalise import normalise, without_surrogates
from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Span

# A field of an operation holds at most 4,000 characters. Time is linear in the length, so what is longer
# is served too, up to here; beyond it the text is refused.
MAX_CHARACTERS = 100_000

DEADLINE_CPU_SECONDS = 2.0

# A placeholder is shorter or has other neighbours than what it replaced, which can bring a new finding to
# light. Each pass replaces at least one; texts need two passes, the second of which finds nothing.
MAX_PASSES = 6


class Redactor:
    """Replaces each finding by its type in angle brackets, such as `<EMAIL_ADDRESS>`.

    `allowlist`: addresses that stay, compared whole and without regard to case. `spacy_model`: an installed
    spaCy pipeline (package or directory) that finds names of people and places too. Thread-safe. Raises
    ConfigurationError when the model is not there.
    """

    def __init__(self, allowlist: Iterable[str] = (), spacy_model: str | None = None) -> None:
        self._engine = Engine(spacy_model)
        self._allowlist = Allowlist(allowlist)
        self._placeholder = compiled("<(?:" + "|".join(sorted(self._engine.entities)) + ")>")

    def redact(self, text: str) -> Redaction:
        """Return the text without its findings and how many of each type there were.

        It is done until nothing more is found, so redacting the result changes nothing. Raises
        RedactionFailed for whatever goes wrong; neither it nor an exception behind it holds any of the text.
        """
        try:
            return self._redact(text)
        except Exception as error:  # noqa: BLE001  # fails closed
            problem = type(error).__name__
        # Raised here, outside the handler, so that the cause, which may quote the text, is not its context.
        raise RedactionFailed(f"The text could not be redacted ({problem}).") from None

    def _redact(self, text: str) -> Redaction:
        if len(text) > MAX_CHARACTERS:
            raise TextTooLong
        deadline = Deadline(DEADLINE_CPU_SECONDS)
        counts: Counter[str] = Counter()
        text = without_surrogates(text)
        for _ in range(MAX_PASSES):
            findings, spans = self._find(text, deadline)
            deadline.check()
            if not findings:
                return Redaction(text, dict(sorted(counts.items())))
            text = _replace(text, zip(findings, spans, strict=True))
            counts.update(finding.entity for finding in findings)
        raise NeverClean

    def _find(self, text: str, deadline: Deadline) -> tuple[list[Finding], list[Span]]:
        """Return the findings to replace and their spans in `text`, in order and apart."""
        plain = normalise(text)
        found = self._engine.findings(plain.text, deadline)
        if not found:
            return [], []
        allowed = self._allowlist.spans(plain.text)
        placeholders = [match.span() for match in self._placeholder.finditer(plain.text)]
        findings = merge(
            piece for finding in found if not within(finding, allowed) for piece in outside(finding, placeholders)
        )
        return findings, [plain.original_span(finding.start, finding.end) for finding in findings]


class TextTooLong(Exception):
    """The text is longer than MAX_CHARACTERS."""


class NeverClean(Exception):
    """Each pass brought new findings to light."""


def _replace(text: str, findings: Iterable[tuple[Finding, Span]]) -> str:
    pieces: list[str] = []
    position = 0
    for finding, (start, end) in findings:
        pieces += text[position : max(start, position)], f"<{finding.entity}>"
        position = max(end, position)
    return "".join([*pieces, text[position:]])
