"""The redacted texts of an operation: the only input of templates and prompts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import regex

from autopost.model import PLACEHOLDER, Agent, Operation, Redaction, Summary, mid_sentence, placeholder
from autopost.writing.length import cut
from autopost.writing.outcome import Kind, Outcome, kind_of, outcome_of
from autopost.writing.plain import plain

CAPTURED_CHARACTERS = 4_000  # the trigger truncates longer texts
_NAME_CHARACTERS = 80  # a very long name must leave room for what happened
_NUMBER_GROUPS = 9  # an IBAN has up to nine groups, a card number four

# The last word. It starts after a character of a script without spaces, where words have no visible start.
_LAST_WORD = regex.compile(
    r"[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]*+\Z", regex.REVERSE
)


class Redactor(Protocol):
    """What removes personal data and secrets from a text: `autopost.redaction`, which takes a second to import."""

    def redact(self, text: str) -> Redaction:
        """Return the redacted text; raise RedactionFailed if it could not be redacted."""
        ...


@dataclass(frozen=True, slots=True)
class Fields:
    """An operation's texts, redacted, each on one line; empty if the host gave none.

    `redactions` is the number of findings by type, `placeholders` are those that replace them. `title` is what its rule
    calls the operation, a text of the team that is not redacted; `rule_id` is None for a rule that is not known.
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
    summary: Summary | None = None
    title: str | None = None
    rule_id: int | None = None
    is_digest: bool = False

    @property
    def shown_title(self) -> str:
        """Return the title for the middle of a sentence; empty without one."""
        return mid_sentence(plain(self.title))

    @property
    def operation(self) -> str:
        """Return what a sentence calls the operation: its title, or else its type."""
        return self.shown_title or self.operation_type


def has_explanation(operation: Operation) -> bool:
    """Return whether the explanation of what was done has a visible character."""
    return bool(plain(operation.what_explanation))


def redact_fields(operation: Operation, agent: Agent, redactor: Redactor) -> Fields:
    """Return the texts of `operation`, each redacted once. CPU-bound. Raises RedactionFailed."""
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
        # The worker has redacted the operation's type before.
        placeholders=frozenset([*map(placeholder, counts), *regex.findall(PLACEHOLDER, operation_type)]),
        summary=operation.summary,
        title=operation.title,
        rule_id=operation.rule_id,
        is_digest=operation.is_digest,
    )


def fields_of_facts(facts: Redaction) -> Fields:
    """Return redacted facts of a summary as the fields of a prompt: as what all agents have completed."""
    return Fields(
        agent_name="the agents",
        operation_type="summary",
        kind=kind_of("summary"),
        outcome=outcome_of("completed"),
        what=plain(facts.text),
        why="",
        next_steps="",
        redactions=dict(facts.counts),
        placeholders=frozenset(map(placeholder, facts.counts)),
    )


def _without_cut_word(text: str | None) -> str | None:
    """Return the text without a word that the trigger cut: part of an address or a number is not recognised as one."""
    if text is None or len(text) < CAPTURED_CHARACTERS:
        return text
    text = _LAST_WORD.sub("", text[:CAPTURED_CHARACTERS])
    for _ in range(_NUMBER_GROUPS):
        words = text.rsplit(maxsplit=1)
        if not words or not any(character.isdigit() for character in words[-1]):
            break
        text = text.rstrip()[: -len(words[-1])]
    return text
