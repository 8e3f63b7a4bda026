"""A post as it is sent to viewers: encoded once, however many there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from autopost.broadcast.event import EVENT_TYPE, BroadcastEvent
from autopost.web.sse import event


@dataclass(frozen=True, slots=True)
class EncodedPost:
    """One post of the log: a server-sent event, whose id is the position, and a message, which is one line of JSON."""

    position: int
    topics: tuple[str, ...]
    tenant: str | None
    event: bytes
    message: bytes

    @classmethod
    def of(cls, post: BroadcastEvent) -> Self:
        """Return it encoded. Raises UnicodeEncodeError for lone surrogates, which JSON can spell."""
        return cls(
            position=post.position,
            topics=tuple(post.topics),
            tenant=post.tenant_id,
            event=event(EVENT_TYPE, post.data, id_=str(post.position)),
            message=post.plain_message.encode(),
        )
