"""The wording of posts: which template an operation gets, and the voice of the model. Pure.

The wording of a new installation is a file of the same form as the team's (default_wording.toml). The team's templates
go before it. Of several that fit the most specific is taken: of a rule, then of an operation type, then of a kind; with
the operation's language before one for any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from autopost.writing.digest import ENGLISH_TEXTS, DigestTexts
from autopost.writing.fields import Fields
from autopost.writing.language import detect
from autopost.writing.outcome import Outcome
from autopost.writing.template import Template
from autopost.writing.voice import DEFAULT as DEFAULT_VOICE
from autopost.writing.voice import Voice


class Subject(StrEnum):
    """What a template without a rule or an operation type is for."""

    ORDINARY = "ordinary"
    APPROVAL = "approval"
    SECURITY = "security"
    SUMMARY = "summary"


# What stands in a template between braces, and what is filled in.
PLACEHOLDERS = {
    "agent_name": "the agent's name",
    "operation_type": "the title of the operation's rule, or its type where the rule has no title",
    "title": "the title of the operation's rule, empty where it has none",
    "what_explanation": "what was done",
    "why_explanation": "why; what was done where that is missing",
    "next_steps": "the next steps; what was done where they are missing",
}
DIGEST_PLACEHOLDERS = {
    "post": ("agent_name", "operations", "count"),
    "finished": ("agent_name", "operations", "count"),
    "text": ("operations", "count"),
    "beside": ("since", "count"),
}
SUMMARY_PLACEHOLDERS = {
    **PLACEHOLDERS,
    "count": "how many further alerts there were",
    "minutes": "in how many minutes",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A template, and which operations it is for. `language` None: any. At most one of the other three is set."""

    template: Template
    outcomes: frozenset[Outcome]
    language: str | None = None
    rule: int | None = None
    operation_type: str | None = None
    subject: Subject = Subject.ORDINARY

    @property
    def precedence(self) -> tuple[int, bool]:
        """Return how specific it is."""
        target = 2 if self.rule is not None else int(self.operation_type is not None)
        return target, self.language is not None

    def fits(self, fields: Fields, subject: Subject, language: str | None) -> bool:
        """Return whether an operation may have it."""
        if subject is not Subject.SUMMARY and fields.outcome not in self.outcomes:
            return False
        if self.language is not None and self.language != language:
            return False
        if subject is Subject.SUMMARY or self.subject is Subject.SUMMARY:
            return subject is self.subject
        if self.rule is not None:
            return self.rule == fields.rule_id
        if self.operation_type is not None:
            return self.operation_type == fields.operation_type.casefold()
        return self.subject is subject


@dataclass(frozen=True, slots=True)
class Wording:
    """The team's templates, its voice, and its wording of digests."""

    entries: Sequence[Entry] = ()
    voice: Voice = DEFAULT_VOICE
    digests: DigestTexts = ENGLISH_TEXTS

    def __post_init__(self) -> None:
        """Order the templates, the most specific first."""
        object.__setattr__(self, "entries", sorted(self.entries, key=lambda entry: entry.precedence, reverse=True))

    @property
    def rules(self) -> frozenset[int]:
        """Return the ids of rules that have templates of their own."""
        return frozenset(entry.rule for entry in self.entries if entry.rule is not None)

    def language_of(self, fields: Fields) -> str | None:
        """Return the language of a post: the voice's, or else the operation's."""
        if self.voice.language is not None or all(entry.language is None for entry in self.entries):
            return self.voice.language
        return detect(fields.what)


DEFAULT = Wording()  # nothing of the team's own
