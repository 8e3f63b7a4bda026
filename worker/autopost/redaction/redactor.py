"""The entry point of redaction: replace personal data and secrets in a text."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from autopost.errors import ConfigurationError, NeverClean, RedactionFailed, TextTooLong
from autopost.model import Redaction, placeholder
from autopost.redaction.allowlist import Allowlist
from autopost.redaction.deadline import Deadline
from autopost.redaction.decode import dictated, embedded, unescaped
from autopost.redaction.engine import LEAST_SCORE, Engine
from autopost.redaction.merge import Finding, merge, outside, within
from autopost.redaction.normalise import normalise, without_surrogates
from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule
from autopost.redaction.tables import headed_cells

# A field of an operation has at most 4,000 characters. As time is linear in the length, longer texts are accepted up to
# this length.
MAX_CHARACTERS = 100_000

DEADLINE_CPU_SECONDS = 2.0

# Names of agents, types of operations and other short texts come again and again. Only texts without findings are
# remembered, so that no secret stays in memory.
MOST_REMEMBERED = 10_000
REMEMBERED_CHARACTERS = 80

# A placeholder differs in length and context from what it replaced, so a pass can reveal a new finding. Each pass
# replaces at least one; usually there are two passes, of which the second finds nothing.
MAX_PASSES = 6

# For each placeholder of one pass, in order: its end, and what to add to later positions to get those before the pass.
Edits = list[tuple[int, int]]


class Redactor:
    """Replaces each finding by its type in angle brackets, such as `<EMAIL_ADDRESS>`.

    `allowlist`: addresses that are not redacted, compared as a whole and case-insensitively. `model`: one that finds
    names of people and places (see models.py). `only`, `without`: types to redact (default: all), types and ids of
    rules not to use.
    `least_score`: the minimum score of a finding. `names`: full names to find. `patterns`: the user's own (see
    pattern_file.py). `given_names`: find given names that stand alone. `agents`: names of agents, which stay.

    Thread-safe. Raises ConfigurationError for invalid arguments, with what was expected.
    """

    def __init__(
        self,
        allowlist: Iterable[str] = (),
        model: str | None = None,
        *,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
        least_score: float = LEAST_SCORE,
        names: Iterable[str] = (),
        patterns: Sequence[Rule] = (),
        given_names: bool = False,
        agents: Iterable[str] = (),
    ) -> None:
        if not 0 <= least_score <= 1:
            raise ConfigurationError(f"The least score of a finding: got {least_score}; expected: 0 to 1")
        self._engine = Engine(
            model,
            only=only,
            without=without,
            least_score=least_score,
            names=names,
            patterns=patterns,
            given_names=given_names,
        )
        self._engine.agents.set(agents)
        self._allowlist = Allowlist(allowlist)
        # A made-up type in angle brackets protects nothing: only those that exist do.
        self._clean: OrderedDict[str, None] = OrderedDict()
        self._placeholders = compiled(f"<(?:{'|'.join(sorted(self._engine.entities))})>")

    def redact(self, text: str) -> Redaction:
        """Return the redacted text and the number of findings by type.

        Repeats until nothing is found, so redacting the result changes nothing. Raises RedactionFailed for any failure;
        neither the exception nor its context contains any of the text.
        """
        redacted, findings = self._redact(text)
        return Redaction(redacted, dict(sorted(Counter(finding.entity for finding in findings).items())))

    def explain(self, text: str) -> list[Finding]:
        """Return what `redact` would replace: type, span in `text`, score and recognizer, in order.

        Raises RedactionFailed as `redact` does.
        """
        return self.redact_and_explain(text)[1]

    def redact_and_explain(self, text: str) -> tuple[str, list[Finding]]:
        """Return the redacted text and the findings, at the cost of one redaction."""
        redacted, findings = self._redact(text)
        return redacted, sorted(findings, key=lambda finding: finding.start)

    def set_names(self, names: Iterable[str]) -> None:
        """Look for these full names from now on, instead of the earlier ones. CPU-bound."""
        self._engine.set_names(names)
        self._clean = OrderedDict()

    def set_agents(self, names: Iterable[str]) -> None:
        """Leave these names of agents alone from now on, instead of the earlier ones. CPU-bound."""
        self._engine.agents.set(names)
        self._clean = OrderedDict()

    def know_agent(self, name: str | None) -> None:
        """Leave the name of this agent alone, too. Cheap for a name that is known."""
        self._engine.agents.add(name)

    def _redact(self, text: str) -> tuple[str, list[Finding]]:
        clean = self._clean  # another one after a change of names, whose texts may not be clean
        if text in clean:
            return text, []
        try:
            redacted, findings = self._passes(text)
        except Exception as error:  # noqa: BLE001  # fails closed
            problem = type(error).__name__
        else:
            if len(text) <= REMEMBERED_CHARACTERS and redacted == text:
                clean[text] = None
                if len(clean) > MOST_REMEMBERED:
                    clean.popitem(last=False)
            return redacted, findings
        # Raised outside the handler, so that the cause, which may quote the text, is not its context.
        raise RedactionFailed(f"The text could not be redacted ({problem}).") from None

    def _passes(self, text: str) -> tuple[str, list[Finding]]:
        """Return the redacted text, and all findings with their spans in the given text."""
        if len(text) > MAX_CHARACTERS:
            raise TextTooLong
        deadline = Deadline(DEADLINE_CPU_SECONDS)
        everything: list[Finding] = []
        edits: list[Edits] = []
        text = without_surrogates(text)
        for _ in range(MAX_PASSES):
            findings = self._find(text, deadline)
            deadline.check()
            if not findings:
                return text, everything
            everything += [_in_original(finding, edits) for finding in findings]
            text, made = _replaced(text, findings)
            edits.append(made)
        raise NeverClean

    def _find(self, text: str, deadline: Deadline) -> list[Finding]:
        """Return the findings to replace, with their spans in `text`, in order and without overlaps."""
        plain = normalise(text)
        found = [*self._engine.findings(plain.text, deadline), *self._encoded(plain.text, deadline)]
        if not found:
            return []
        allowed = self._allowlist.spans(plain.text)
        placeholders = [match.span() for match in self._placeholders.finditer(plain.text)]
        findings = merge(
            piece for finding in found if not within(finding, allowed) for piece in outside(finding, placeholders)
        )
        return [_at(finding, *plain.original_span(finding.start, finding.end)) for finding in findings]

    def _encoded(self, text: str, deadline: Deadline) -> Iterator[Finding]:
        """Yield the findings in what is escaped or encoded in a normalised text or in a table, with the spans there."""
        for read in (headed_cells, dictated, unescaped):
            if (view := read(text)) is not None:
                for finding in self._engine.findings(view.text, deadline):
                    start, end = view.original_span(finding.start, finding.end)
                    if start < end:
                        yield _at(finding, start, end)
        for span, readable in embedded(text):
            inner = self._engine.findings(normalise(readable).text, deadline)
            if inner:
                yield _at(min(inner, key=lambda finding: finding.rank), *span)


def _replaced(text: str, findings: Iterable[Finding]) -> tuple[str, Edits]:
    """Return the text with placeholders, and the edits (see Edits)."""
    pieces: list[str] = []
    edits: Edits = []
    position = length = 0
    for finding in findings:
        start, replacement = max(finding.start, position), placeholder(finding.entity)
        pieces += text[position:start], replacement
        length += start - position + len(replacement)
        position = max(finding.end, position)
        edits.append((length, position - length))
    return "".join([*pieces, text[position:]]), edits


def _in_original(finding: Finding, edits: Sequence[Edits]) -> Finding:
    """Return the finding with its span in the text before the edits. It must not contain a placeholder."""
    shift = 0
    for made in reversed(edits):
        place = bisect_right(made, finding.start + shift, key=lambda edit: edit[0])
        shift += made[place - 1][1] if place else 0
    return _at(finding, finding.start + shift, finding.end + shift)


def _at(finding: Finding, start: int, end: int) -> Finding:
    return replace(finding, start=start, end=end)
