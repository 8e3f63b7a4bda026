"""Langfuse v2. Clients send a trace, then each observation twice: when it starts and when it ends, in any order.

From packages/shared/prisma/schema.prisma at the last migration before version 3. An upsert writes only what an event
brings, so that a later event does not undo an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

NEW_PROJECT = "insert into projects (id, name) values (%(project)s, %(project)s)"
TRACE = (
    "insert into traces (id, timestamp, name, project_id, input, output) values (%(trace)s, now(), %(name)s, "
    "%(project)s, "
    "'\"my password is\"', '\"x\"') on conflict (id) do update set name = excluded.name"
)
OBSERVATION = (
    "insert into observations (id, name, start_time, end_time, parent_observation_id, type, trace_id, level, "
    "status_message, project_id) "
    "values (%(id)s, 'span', '2999-01-01 10:00', %(end)s, %(parent)s, %(type)s::\"ObservationType\", %(trace)s, "
    '%(level)s::"ObservationLevel", %(message)s, %(project)s) on conflict (id) do update set '
    "end_time = coalesce(excluded.end_time, observations.end_time), level = excluded.level, status_message = "
    "excluded.status_message"
)


class Traces:
    """Writes traces as the ingestion of Langfuse does."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform

    def run(
        self,
        project: str,
        *,
        level: str = "DEFAULT",
        message: str | None = None,
        kind: str = "SPAN",
        ends: bool = True,
        late_trace: bool = False,
    ) -> str:
        """Record a run with a generation inside of it, and its end twice; return the id of its observation."""
        row = {"project": project, "id": str(uuid4()), "trace": str(uuid4()), "name": f"{project} run"}
        if not self.platform.host.rows("select from projects where id = %s", (project,)):
            self.platform.do(NEW_PROJECT, **row)
        quiet = {"level": "DEFAULT", "message": None}
        if not late_trace:
            self.platform.do(TRACE, **row)
        self.platform.do(OBSERVATION, **row, **quiet, end=None, parent=None, type=kind)
        inner = {**row, "id": str(uuid4())}
        for _ in range(2 if ends else 0):
            self.platform.do(
                OBSERVATION,
                **inner,
                level="ERROR",
                message="inner",
                end="2999-01-01 10:00:02",
                parent=row["id"],
                type="GENERATION",
            )
            self.platform.do(
                OBSERVATION, **row, level=level, message=message, end="2999-01-01 10:01:12", parent=None, type=kind
            )
        if late_trace:
            self.platform.do(TRACE, **row)
        return row["id"]


@pytest.fixture
def traces(empty_database: str) -> Iterator[Traces]:
    """Return the traces of a Langfuse with autopost beside it."""
    with known_platform("langfuse", empty_database) as platform:
        yield Traces(platform)


async def test_root_observations_are_posted_once_and_nothing_else(traces: Traces, redactor: Redactor) -> None:
    """Ended, failed, a generation without a parent, an event, one that runs; never what they were asked or answered."""
    traces.run("support")
    traces.run("broken", level="ERROR", message="Rate limit reached")
    traces.run("warned", level="WARNING", message="2 tools were slow")
    traces.run("single", kind="GENERATION")
    traces.run("event", kind="EVENT")
    traces.run("running", ends=False)
    ran = "finished in 1 min 12 s"
    expected = {
        ("support", "status", f"Just finished workflow_execute! support run {ran} #automation"),
        (
            "broken",
            "alert",
            "⚠️ broken hit a problem with workflow_execute: broken run failed after 1 min 12 s: Rate limit reached",
        ),
        ("warned", "status", f"Just finished workflow_execute! warned run {ran}: 2 tools were slow #automation"),
        ("single", "status", f"Just finished workflow_execute! single run {ran} #automation"),
    }
    posts = await traces.platform.posts(redactor)
    assert set(posts) == expected
    assert len(posts) == len(expected)
    assert traces.platform.warnings() == []


async def test_name_of_a_trace_that_comes_after_its_observation_is_posted(traces: Traces, redactor: Redactor) -> None:
    """The ingestion takes the events of a batch in any order; what was committed when the row is claimed counts."""
    traces.run("late", late_trace=True)
    ((_, _, text),) = await traces.platform.posts(redactor)
    assert "late run finished" in text
