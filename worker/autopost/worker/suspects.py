"""Which agents' rows are published alone, because one of them failed alone. Pure; times are the event loop's."""

from __future__ import annotations

from dataclasses import dataclass

from autopost import backoff

SUSPECT_SECONDS = 10.0  # after the last failure
MOST_SUSPECTS = 10_000


@dataclass(slots=True)
class _Suspect:
    failures: int = 0
    failed_at: float = 0.0
    waits_until: float = 0.0


class Suspects:
    """Agents a row of whom failed alone, each with the number of failures since its last success.

    Rows of a suspect are kept out of the groups of others. After a transient failure they also wait, longer each time:
    what they need, such as a lock, may be there then.
    """

    def __init__(self) -> None:
        self._suspects: dict[str, _Suspect] = {}

    def __contains__(self, agent: str) -> bool:
        return agent in self._suspects

    def failed(self, agent: str, now: float, *, is_transient: bool) -> float | None:
        """Record a failure; return when a row of this agent failed before, or None."""
        suspect = self._suspects.pop(agent, None) or _Suspect()
        before = suspect.failed_at if suspect.failures else None
        suspect.failures += 1
        suspect.failed_at = now
        if is_transient:
            suspect.waits_until = now + retry_seconds(suspect.failures)
        self._suspects[agent] = suspect  # the last to fail is the last in the dict
        if len(self._suspects) > MOST_SUSPECTS:
            del self._suspects[next(iter(self._suspects))]
        return before

    def succeeded(self, agent: str, now: float, *, is_slow: bool = False) -> None:
        """Record a success. A suspect stays one for a while: every other row of an agent may fail, or be slow."""
        suspect = self._suspects.get(agent)
        if suspect is None:
            return
        suspect.failures, suspect.waits_until = 0, 0.0
        if is_slow:
            suspect.failed_at = now
        elif now - suspect.failed_at > SUSPECT_SECONDS:
            del self._suspects[agent]

    def seconds_to_wait(self, agent: str, now: float) -> float:
        """Return how long the rows of this suspect have to wait."""
        suspect = self._suspects.get(agent)
        return max(suspect.waits_until - now, 0.0) if suspect else 0.0


def retry_seconds(failures: int) -> float:
    """Return the delay after so many transient failures of a row alone: about 1, 8, 64 and then 300 seconds.

    A lock that lasts some minutes costs the row no more than a few attempts.
    """
    return backoff.delay_seconds(3 * failures - 2)
