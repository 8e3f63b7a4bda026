"""Say how many operations of which kind, as `3 workflows and a report`. Pure.

Only operation types of one word and titles of the team's rules are said, so nothing here is text of an operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from autopost.model import mid_sentence
from autopost.model.digest import DigestKind

NOUNS = {
    "workflow_execute": ("a workflow", "workflows"),
    "integration_connect": ("an integration", "integrations"),
    "browser_automate": ("a browser task", "browser tasks"),
    "report_generate": ("a report", "reports"),
    "human_feedback_received": ("a round of feedback", "rounds of feedback"),
    "agent_to_agent_call": ("a call to another agent", "calls to other agents"),
    "approval_requested": ("an approval request", "approval requests"),
}
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)


def listed(
    kinds: Sequence[DigestKind], total: int, *, most: int = 4, say: Callable[[DigestKind], str] | None = None
) -> str:
    """Return kinds and their numbers as `3 workflows, a report and 2 other operations`; the first few, in order."""
    shown = kinds[:most]
    parts = [(say or counted)(kind) for kind in shown]
    if rest := total - sum(kind.count for kind in shown):
        parts.append("another operation" if rest == 1 else f"{rest:,} other operations")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(kind: DigestKind) -> str:
    """Return a kind with its number, as `a report`, `3 reports` or `3 × CRM sync`."""
    if kind.title is None and kind.operation_type in NOUNS:
        one, many = NOUNS[kind.operation_type]
        return one if kind.count == 1 else f"{kind.count:,} {many}"
    name = mid_sentence(kind.title or kind.operation_type or "another operation")
    return name if kind.count == 1 else f"{kind.count:,} × {_ARTICLE.sub('', name, count=1)}"
