"""Say how many operations of which kind, as `3 workflows and a report`. Pure.

Only operation types of one word and titles of the team's rules are said, so nothing here is text of an operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autopost.model import mid_sentence
from autopost.model.digest import DigestKind

Noun = tuple[str, str]  # for one and for several, the latter with {count}

NOUNS: Mapping[str, Noun] = {
    "workflow_execute": ("a workflow", "{count} workflows"),
    "integration_connect": ("an integration", "{count} integrations"),
    "browser_automate": ("a browser task", "{count} browser tasks"),
    "report_generate": ("a report", "{count} reports"),
    "human_feedback_received": ("a round of feedback", "{count} rounds of feedback"),
    "agent_to_agent_call": ("a call to another agent", "{count} calls to other agents"),
    "approval_requested": ("an approval request", "{count} approval requests"),
}
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a list of operations: nouns by type (in lower case), for others, and what stands before the last."""

    nouns: Mapping[str, Noun] = field(default_factory=lambda: NOUNS)
    other: Noun = ("another operation", "{count} other operations")
    conjunction: str = "and"


ENGLISH = Words()


def listed(
    kinds: Sequence[DigestKind],
    total: int,
    *,
    most: int = 4,
    say: Callable[[DigestKind], str] | None = None,
    words: Words = ENGLISH,
) -> str:
    """Return kinds and their numbers as `3 workflows, a report and 2 other operations`; the first few, in order."""
    shown = kinds[:most]
    parts = [say(kind) if say else counted(kind, words) for kind in shown]
    if rest := total - sum(kind.count for kind in shown):
        parts.append(_noun(words.other, rest))
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {words.conjunction} {parts[-1]}"


def counted(kind: DigestKind, words: Words = ENGLISH) -> str:
    """Return a kind with its number, as `a report`, `3 reports` or `3 × CRM sync`."""
    if kind.title is None and (noun := words.nouns.get((kind.operation_type or "").casefold())):
        return _noun(noun, kind.count)
    if kind.title is None and kind.operation_type is None:
        return _noun(words.other, kind.count)
    name = mid_sentence(kind.title or (kind.operation_type or "").replace("_", " "))
    return name if kind.count == 1 else f"{kind.count:,} × {_ARTICLE.sub('', name, count=1)}"


def _noun(noun: Noun, count: int) -> str:
    return noun[0] if count == 1 else noun[1].replace("{count}", f"{count:,}")
