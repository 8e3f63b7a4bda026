"""What the benchmarks let a job queue's worker do for one operation, on the tables as they are now."""

from __future__ import annotations

from benchmarks.peers.job import Job

from autopost.database.connection import create_pool
from autopost.model import Redaction
from autopost.settings import Settings
from tests.support.host import Host


class Unchanged:
    """Finds nothing."""

    def redact(self, text: str) -> Redaction:
        """Return the text."""
        return Redaction(text, {})


async def test_job_of_a_peer_is_posted_and_the_next_one_is_rate_limited(host: Host, settings: Settings) -> None:
    """On a connection with the server's own search path, as the peers have it."""
    host.agent("ada")
    facts = dict.fromkeys(("tenant_id", "why_explanation", "next_steps"))
    facts |= {"agent_id": "ada", "operation_type": "report_generate", "status": "completed", "what_explanation": "x"}
    async with await create_pool(settings, "peer", size=1) as pool:
        job = Job(pool, settings, Unchanged())
        await job.do({**facts, "tracker_id": "a"})
        await job.do({**facts, "tracker_id": "b"})
    assert [row["content"] for row in host.posts()] == ["Just finished report_generate! x #automation"]
