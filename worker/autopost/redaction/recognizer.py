"""A Presidio recognizer for a table of rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from autopost.redaction.deadline import Deadline
from autopost.redaction.nlp import Artifacts
from autopost.redaction.presidio import EntityRecognizer, NlpArtifacts, RecognizerResult
from autopost.redaction.rule import Rule, Span

_MOST_REFUSED = 3
_BEHIND_CHARACTERS = 64
_FILLER = "_"


class RuleRecognizer(EntityRecognizer):  # type: ignore[misc,unused-ignore]
    """Finds the matches of rules. `ids` names them in findings; a user's own rule has its name.

    With the artifacts of `autopost.redaction.nlp` it runs only the rules that the prefilter selected, and observes the
    deadline; with any other artifacts, or none, it runs all rules.
    """

    def __init__(self, name: str, rules: Collection[Rule], ids: Mapping[Rule, str] = MappingProxyType({})) -> None:
        self._ids = {rule: ids.get(rule, rule.name or name) for rule in rules}
        self._all = frozenset(rules)
        self._compiled: dict[Rule, Any] = {}
        super().__init__(supported_entities=sorted({rule.entity for rule in rules}), name=name)

    def load(self) -> None:
        """Compile the user's own patterns. Others are compiled when they are first needed: all take 0.7 s of CPU."""
        self._compiled = {rule: rule.compile() for rule in self._all if rule.own}

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the findings of these entities. Raises DeadlinePassed."""
        rules, deadline = self._all, None
        every = len(entities) >= len(self.supported_entities)  # then there is no need to compare
        if isinstance(nlp_artifacts, Artifacts):
            rules, deadline = rules & nlp_artifacts.candidates, nlp_artifacts.deadline
        return [
            RecognizerResult(rule.entity, start, end, rule.score, recognition_metadata=self._metadata(rule))
            for rule in rules
            if every or rule.entity in entities
            for start, end in self._spans(rule, text, deadline)
        ]

    def _metadata(self, rule: Rule) -> dict[str, str]:
        return {
            RecognizerResult.RECOGNIZER_NAME_KEY: self._ids[rule],
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }

    def _spans(self, rule: Rule, text: str, deadline: Deadline | None) -> Iterator[Span]:
        pattern = self._compiled.get(rule)
        if pattern is None:  # threads that compile one at the same time do no harm
            pattern = self._compiled[rule] = rule.compile()
        for match in pattern.finditer(text):
            if deadline is not None:
                deadline.check()
            span = _found(rule, match)
            if rule.refine is None:
                yield span
                continue
            spans = list(rule.refine(text, *span)) or _behind(rule, pattern, text, match.start(), span)
            yield from spans


def _found(rule: Rule, match: Any) -> Span:
    groups = 0 if rule.whole else match.re.groups
    span: Span = next((s for s in map(match.span, range(1, groups + 1)) if s[0] >= 0), match.span())
    return span


def _behind(rule: Rule, pattern: Any, text: str, start: int, refused: Span) -> list[Span]:
    """Return what the rule finds behind a value that was refused: `passport 2031-05-10 C01X00T47`.

    The refused value is replaced by a filler, and the same word is matched again.
    """
    for _ in range(_MOST_REFUSED):
        if refused[0] <= start or rule.refine is None or rule.whole:
            break
        filler = _FILLER * (refused[1] - refused[0])
        window = text[start : refused[0]] + filler + text[refused[1] : refused[1] + _BEHIND_CHARACTERS]
        match = pattern.match(window)
        if match is None:
            break
        left, right = _found(rule, match)
        refused = left + start, right + start
        if spans := list(rule.refine(text, *refused)):
            return spans
    return []
