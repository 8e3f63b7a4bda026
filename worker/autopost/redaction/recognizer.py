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


class Subject:
    """A text as RE2 searches it, encoded once: the conversion of a text takes longer than most searches."""

    __slots__ = ("_character", "_is_ascii", "_place", "encoded", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.encoded = text.encode()
        self._is_ascii = len(self.encoded) == len(text)
        self._place = self._character = 0

    def characters(self, span: Span) -> Span:
        """Return a span of bytes as one of characters. Fastest for spans in order."""
        return span if self._is_ascii else (self._at(span[0]), self._at(span[1]))

    def _at(self, place: int) -> int:
        if place < self._place:
            self._place = self._character = 0
        self._character += len(self.encoded[self._place : place].decode())
        self._place = place
        return self._character


class RuleRecognizer(EntityRecognizer):  # type: ignore[misc,unused-ignore]
    """Finds the matches of rules. `ids` names them in findings; a user's own rule has its name.

    With the artifacts of `autopost.redaction.nlp` it returns the matches that they hold, which `matches` has found
    before; with any other artifacts, or none, it runs all rules.
    """

    def __init__(self, name: str, rules: Collection[Rule], ids: Mapping[Rule, str] = MappingProxyType({})) -> None:
        self._ids = {rule: ids.get(rule, rule.name or name) for rule in rules}
        self._all = frozenset(rules)
        self._compiled: dict[Rule, tuple[Any, int]] = {}
        super().__init__(supported_entities=sorted({rule.entity for rule in rules}), name=name)

    def load(self) -> None:
        """Compile the user's own patterns. Others are compiled when they are first needed: all take 0.7 s of CPU."""
        self._compiled = {rule: _compiled(rule) for rule in self._all if rule.own}

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the findings of these entities."""
        if isinstance(nlp_artifacts, Artifacts) and nlp_artifacts.matches is not None:
            found = nlp_artifacts.matches
        else:
            found = self.matches(text, self._all)
        return [result for result in found if result.entity_type in entities]

    def matches(self, text: str, rules: Collection[Rule], deadline: Deadline | None = None) -> list[RecognizerResult]:
        """Return what those of the given rules find that this recognizer has. Raises DeadlinePassed."""
        subject = Subject(text)
        return [
            RecognizerResult(rule.entity, start, end, rule.score, recognition_metadata=self._metadata(rule))
            for rule in rules
            if rule in self._all
            for start, end in self._spans(rule, subject, deadline)
        ]

    def _metadata(self, rule: Rule) -> dict[str, str]:
        return {
            RecognizerResult.RECOGNIZER_NAME_KEY: self._ids[rule],
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }

    def _spans(self, rule: Rule, subject: Subject, deadline: Deadline | None) -> Iterator[Span]:
        compiled = self._compiled.get(rule)
        if compiled is None:  # threads that compile one at the same time do no harm
            compiled = self._compiled[rule] = _compiled(rule)
        pattern, groups = compiled
        text = subject.text
        for match in pattern.finditer(subject.encoded):
            if deadline is not None:
                deadline.check()
            span = subject.characters(_found(match, groups))
            if rule.refine is None:
                yield span
                continue
            spans = list(rule.refine(text, *span))
            if spans or not groups:
                yield from spans
            else:
                yield from _behind(rule, pattern, groups, text, subject.characters(match.span())[0], span)


def _compiled(rule: Rule) -> tuple[Any, int]:
    """Return the pattern and the number of its groups that can be findings."""
    pattern = rule.compile()
    return pattern, 0 if rule.whole else pattern.groups


def _found(match: Any, groups: int) -> Span:
    for number in range(1, groups + 1):
        span: Span = match.span(number)
        if span[0] >= 0:
            return span
    whole: Span = match.span()
    return whole


def _behind(rule: Rule, pattern: Any, groups: int, text: str, start: int, refused: Span) -> list[Span]:
    """Return what the rule finds behind a value that was refused: `passport 2031-05-10 C01X00T47`.

    The refused value is replaced by a filler, and the same word is matched again.
    """
    for _ in range(_MOST_REFUSED):
        if refused[0] <= start or rule.refine is None:
            break
        filler = _FILLER * (refused[1] - refused[0])
        window = text[start : refused[0]] + filler + text[refused[1] : refused[1] + _BEHIND_CHARACTERS]
        match = pattern.match(window.encode() if window.isascii() else window)
        if match is None:
            break
        left, right = _found(match, groups)
        refused = left + start, right + start
        if spans := list(rule.refine(text, *refused)):
            return spans
    return []
