"""Decide which posts of a publishing transaction carry what their agents did while they were rate-limited. Pure.

The transaction that publishes a post holds the agent's lock, reads what no post has carried yet and removes it: so each
operation is carried by one post, whatever crashes. What is skipped at that very moment is carried by the next one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from autopost.model import Agent, Claim, Outdated, Posted, Proposal, Reason, Skipped, Written
from autopost.model.digest import Digest, DigestKind, DigestMode
from autopost.writing.digest import ENGLISH_TEXTS, DigestTexts, beside_text, digest_post, with_digest

MOST_KINDS_CARRIED = 10
MOST_TITLE_CHARACTERS = 80


Kind = tuple[str | None, str | None, str | None]  # title, operation type, status


@dataclass(slots=True)
class Kept:
    """Operations of an agent and tenant that no post has carried: their rows, and the number of each kind."""

    rows: list[int] = field(default_factory=list)
    kinds: Counter[Kind] = field(default_factory=Counter)


def kept_of(found: Sequence[str]) -> dict[str | None, Kept]:
    """Return what lock_agents.sql says of an agent, by tenant; each of `found` is an array in JSON."""
    kept: dict[str | None, Kept] = {}
    for row, tenant_id, title, operation_type, status, count in map(json.loads, found):
        of_tenant = kept.setdefault(tenant_id, Kept())
        of_tenant.rows.append(row)
        of_tenant.kinds[_short(title), operation_type, status] += count
    return kept


class DigestCarrier:
    """Gives each post what its agent and tenant have kept. `kept` was read while the agents are locked, `now`."""

    def __init__(
        self,
        mode: DigestMode,
        agents: Mapping[str, Agent | None],
        kept: Mapping[str, dict[str | None, Kept]],
        now: datetime,
        texts: DigestTexts = ENGLISH_TEXTS,
    ) -> None:
        self._mode = mode
        self._now = now
        self._texts = texts
        self._since = {key: agent.last_post_at for key, agent in agents.items() if agent is not None}
        self._kept = kept if mode is not DigestMode.OFF else {}

    def carry(self, decisions: Iterable[Proposal | Outdated]) -> list[Proposal | Outdated]:
        """Return the decisions, posts with what they carry. A digest post that would say nothing is skipped."""
        return [self._carry(decision) for decision in decisions]

    def _carry(self, decision: Proposal | Outdated) -> Proposal | Outdated:
        claim = decision.claim
        if not isinstance(decision, Posted):
            if claim.operation.is_digest and isinstance(decision, Skipped) and decision.reason is Reason.RATE_LIMITED:
                return Outdated(claim)  # it waits for the end of the window
            return decision
        digest = self._take(claim)
        if digest is None:
            return Skipped(claim, Reason.DIGEST_EMPTY, decision.written) if claim.operation.is_digest else decision
        written, digest = in_words(
            decision.written, digest, self._mode, self._now, self._texts, is_post=claim.operation.is_digest
        )
        return replace(decision, written=written, digest=digest)

    def _take(self, claim: Claim) -> Digest | None:
        agent_id = claim.operation.agent_id or ""
        kept = self._kept.get(agent_id, {}).pop(claim.operation.tenant_id, None)
        return None if kept is None else digest_of(kept, self._since.get(agent_id))


def digest_of(kept: Kept, since: datetime | None) -> Digest:
    """Return what a post carries of kept operations; `since` is the agent's post before."""
    kinds = tuple(DigestKind(*kind, count) for kind, count in kept.kinds.most_common(MOST_KINDS_CARRIED))
    return Digest(kept.kinds.total(), since, kinds, tuple(kept.rows))


def in_words(
    written: Written, digest: Digest, mode: DigestMode, now: datetime, texts: DigestTexts, *, is_post: bool
) -> tuple[Written, Digest]:
    """Return a post that carries a digest as the mode says; `is_post`: it is a digest post, whose text is an agent."""
    if is_post:
        content = digest_post(written.content, digest, texts.wording())
    elif mode is DigestMode.TEXT:
        content = with_digest(written.content, digest, texts.wording(written.content))
    else:
        return written, replace(digest, text=beside_text(digest, now, texts.wording(written.content)))
    return replace(written, content=content), replace(digest, is_in_text=True)


def rate_limited(decisions: Iterable[Proposal]) -> list[Claim]:
    """Return the claims that are skipped as rate-limited."""
    return [d.claim for d in decisions if isinstance(d, Skipped) and d.reason is Reason.RATE_LIMITED]


def _short(title: str | None) -> str | None:
    return title if title is None or len(title) <= MOST_TITLE_CHARACTERS else title[: MOST_TITLE_CHARACTERS - 1] + "…"
