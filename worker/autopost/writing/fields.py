"""The texts of an operation, redacted: all that a template or a prompt may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import regex

from autopost.model import Agent, Operation, Redaction
from autopost.placeholder import PLACEHOLDER, placeholder
from autopost.writing.length import cut
from autopost.writing.outcome import Kind, Outcome, kind_of, outcome_of
from autopost.writing.plain import plain

CAPTURED_CHARACTERS = 4_000  # the trigger keeps so much of a text and cuts the rest
_NAME_CHARACTERS = 80  # an over-long name must not push out what happened
_NUMBER_GROUPS = 9  # an IBAN is written in up to nine groups, a card number in four

# The last word, up to the scripts that write no spaces: there a word has no visible start.
_LAST_WORD = regex.compile(
    r"[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]*+\Z", regex.REVERSE
)


class Redactor(Protocol):
    """Anything that takes personal data and secrets out of a text."""

    def redact(self, text: str) -> Redaction:
        """Return `text` without its findings; raise RedactionFailed when that cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class Fields:
    """An operation's texts on one line each, redacted; empty where the host gave nothing.

    `redactions` counts what was taken out by type, `placeholders` is what stands in its place.
    """

    agent_name: str
    operation_type: str
    kind: Kind
    outcome: Outcome
    what: str
    why: str
    next_steps: str
    redactions: Mapping[str, int]
    placeholders: frozenset[str] = frozenset()


def has_explanation(operation: Operation) -> bool:
    """Return whether the operation says what was done, in at least one visible character."""
    return bool(plain(operation.what_explanation))


def redact_fields(operation: Operation, agent: Agent, redactor: Redactor) -> Fields:
    """Return the texts of `operation`, each redacted once. CPU-bound; RedactionFailed passes through."""
    counts: Counter[str] = Counter()

    def clean(text: str | None) -> str:
        visible = plain(_without_cut_word(text))
        if not visible:
            return ""
        redaction = redactor.redact(visible)
        counts.update(redaction.counts)
        return redaction.text

    operation_type = cut(clean(operation.operation_type), _NAME_CHARACTERS)
    return Fields(
        agent_name=cut(clean(agent.name), _NAME_CHARACTERS),
        operation_type=operation_type,
        kind=kind_of(operation.operation_type),
        outcome=outcome_of(operation.status),
        what=clean(operation.what_explanation),
        why=clean(operation.why_explanation),
        next_steps=clean(operation.next_steps),
        redactions=dict(counts),
        # A worker redacts the name of an operation before it comes here.
        placeholders=frozenset([*map(placeholder, counts), *regex.findall(PLACEHOLDER, operation_type)]),
    )


def _without_cut_word(text: str | None) -> str | None:
    """Drop the end of a text that the trigger cut: half an address or a number is not recognised as one."""
    if text is None or len(text) < CAPTURED_CHARACTERS:
        return text
    text = _LAST_WORD.sub("", text[:CAPTURED_CHARACTERS])
    for _ in range(_NUMBER_GROUPS):
        words = text.rsplit(maxsplit=1)
        if not words or not any(character.isdigit() for character in words[-1]):
            break
        text = text.rstrip()[: -len(words[-1])]
    return text
