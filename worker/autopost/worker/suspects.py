"""Which agents' rows are published alone, because one of them failed alone.

Pure, except for the random jitter; times are the event loop's.
"""

from __future__ import annotations

from dataclasses import dataclass

from autopost import backoff

SUSPECT_SECONDS = 10.0  # after the last failure
MOST_SUSPECTS = 10_000
GENERAL_RETRY_ATTEMPT = 4  # while nobody's posts succeed, the delay of this attempt: some seconds


@dataclass(slots=True)
class _Suspect:
    failures: int = 0
    failed_at: float = 0.0
    waits_until: float = 0.0


class Suspects:
    """Agents a row of whom failed alone, each with the number of failures since its last success.

    Rows of a suspect are kept out of the groups of others. After a transient failure they also wait: what they need,
    such as a lock, may be there then. They wait longer each time that others succeeded meanwhile.
    """

    def __init__(self) -> None:
        self._suspects: dict[str, _Suspect] = {}

    def __contains__(self, agent: str) -> bool:
        return agent in self._suspects

    def failed(self, agent: str, now: float, *, is_transient: bool, posted_at: float) -> bool:
        """Record a failure; return whether others succeeded since the agent's last one, so that it fails by itself.

        `posted_at` is when anybody's post was last published.
        """
        suspect = self._suspects.pop(agent, None) or _Suspect()
        fails_by_itself = suspect.failures > 0 and posted_at > suspect.failed_at
        if fails_by_itself or not suspect.failures:
            suspect.failures += 1
            wait = retry_seconds(suspect.failures)
        else:
            wait = backoff.delay_seconds(GENERAL_RETRY_ATTEMPT)
        suspect.failed_at = now
        if is_transient:
            suspect.waits_until = now + wait
        self._suspects[agent] = suspect  # the last to fail is the last in the dict
        if len(self._suspects) > MOST_SUSPECTS:
            del self._suspects[next(iter(self._suspects))]
        return fails_by_itself

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
    """Return the delay after this number of transient failures of a row alone: about 1, 8, 64 and then 300 seconds.

    A lock that lasts some minutes costs the row no more than a few attempts.
    """
    return backoff.delay_seconds(3 * failures - 2)
