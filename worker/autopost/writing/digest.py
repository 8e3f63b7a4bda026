"""Say in a post what its agent did while it was rate-limited. Pure."""

from __future__ import annotations

from autopost.model.counted import listed
from autopost.model.digest import Digest
from autopost.writing.length import LIMIT_CHARACTERS, cut

FINISHED = "completed"


def digest_post(agent: str, digest: Digest) -> str:
    """Return the text of a digest post, as `Ada also finished 3 workflows and a report`.

    `agent` is the agent's name, redacted. At most 280 characters.
    """
    are_finished = all(kind.status == FINISHED for kind in digest.kinds)
    verb = " finished" if are_finished else ":"
    return cut(f"{agent} also{verb} {listed(digest.kinds, digest.count)}.")


def with_digest(text: str, digest: Digest) -> str:
    """Return the text of a post, and after it what the agent did besides; at most 280 characters.

    Where there is no room for the list, only the number is said, and the text is cut if it must be.
    """
    number = f"{digest.count:,} more since the last post"
    for more in (f" (+ {number}: {listed(digest.kinds, digest.count)})", f" (+ {number})"):
        if len(text) + len(more) <= LIMIT_CHARACTERS:
            return text + more
    return cut(text, LIMIT_CHARACTERS - len(more)) + more
