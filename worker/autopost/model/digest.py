"""What a post carries of its agent's rate-limited operations: counted, stored, and shown beside the post. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

MOST_SHOWN = 1_000_000_000  # a larger number in a post's metadata is not ours
MOST_TEXT_CHARACTERS = 280
MOST_KINDS = 10
MOST_WORD_CHARACTERS = 60


class DigestMode(StrEnum):
    """Where to say what an agent did while it was rate-limited."""

    METADATA = "metadata"
    TEXT = "text"
    POST = "post"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class DigestKind:
    """Equal operations of an agent: the title of their rule, their type and status (one word each, or None)."""

    title: str | None
    operation_type: str | None
    status: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What an agent did while it was rate-limited since its last post (`since`, None if that is not known).

    `kinds` are the most frequent, `count` is the number of all operations, `rows` are those that the post removes.
    `is_in_text`: the post's text says it, so nothing is shown beside it. `text` is what is shown beside it in the
    team's words, None for the usual ones.
    """

    count: int
    since: datetime | None
    kinds: tuple[DigestKind, ...] = ()
    rows: tuple[int, ...] = ()
    is_in_text: bool = False
    text: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Return it as audit rows have it, without the kinds."""
        since = self.since.isoformat() if self.since else None
        text = {} if self.text is None else {"text": self.text}
        return {"count": self.count, "since": since, "in_text": self.is_in_text, **text}

    @property
    def facts_with_kinds(self) -> dict[str, Any]:
        """Return it as the metadata of a post has it."""
        kinds = [
            {"title": kind.title, "operation_type": kind.operation_type, "status": kind.status, "count": kind.count}
            for kind in self.kinds
        ]
        return {**self.facts, "kinds": kinds}


def digest_in(facts: object) -> Digest | None:
    """Return the digest of a post's metadata, or without kinds that of an audit row; None where it is none.

    The platform may have written anything into its own posts.
    """
    if not isinstance(facts, Mapping):
        return None
    count, since = facts.get("count"), facts.get("since")
    if not isinstance(count, int) or not 0 < count <= MOST_SHOWN:
        return None
    try:
        at = datetime.fromisoformat(since) if isinstance(since, str) else None
    except ValueError:
        at = None
    text = facts.get("text")
    kinds = facts.get("kinds")
    return Digest(
        count,
        at if at is None or at.tzinfo else at.replace(tzinfo=UTC),
        kinds=tuple(_kinds_in(kinds[:MOST_KINDS], count)) if isinstance(kinds, list) else (),
        is_in_text=bool(facts.get("in_text")),
        text=" ".join(text.split())[:MOST_TEXT_CHARACTERS] if isinstance(text, str) else None,
    )


def _kinds_in(facts: Sequence[object], most: int) -> Iterator[DigestKind]:
    for fact in facts:
        count = fact.get("count") if isinstance(fact, Mapping) else None
        if not isinstance(fact, Mapping) or not isinstance(count, int) or not 0 < count <= most:
            return
        most -= count
        title, operation_type, status = (fact.get(name) for name in ("title", "operation_type", "status"))
        yield DigestKind(_short(title), _short(operation_type), _short(status), count)


def _short(value: object) -> str | None:
    return value[:MOST_WORD_CHARACTERS] if isinstance(value, str) else None


def beside(digest: Digest | None, posted_at: datetime) -> str | None:
    """Return what is shown beside a post, as `and 4 more since 14:05 UTC` or in the team's words; None for nothing.

    `since` is the agent's post before; of another day it has the date.
    """
    if digest is None or digest.is_in_text:
        return None
    if digest.text:
        return digest.text
    more = f"and {digest.count:,} more"
    return more if digest.since is None else f"{more} since {since_in_words(digest.since, posted_at)}"


def since_in_words(since: datetime, posted_at: datetime) -> str:
    """Return the time of the agent's post before, as `14:05 UTC`, with the date where it is another day's."""
    since = since.astimezone(UTC)
    day = "" if since.date() == posted_at.astimezone(UTC).date() else f"{since.day} {since:%b}, "
    return f"{day}{since:%H:%M} UTC"
