"""n8n 2.x. An end is an UPDATE of the execution and then one of its data, in one transaction.

From packages/cli/src/executions/execution-persistence.ts (create, applyDataUpdate) and
packages/@n8n/db/src/repositories/execution.repository.ts (setRunning, markAsCrashed, update).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

NEW_WORKFLOW = (
    'insert into workflow_entity (id, name, active, "isArchived", nodes, connections, "versionId") '
    "values (%(workflow)s, %(name)s, true, %(archived)s, '[]', '{}', 'v1')"
)
NEW_EXECUTION = (
    'insert into execution_entity (finished, mode, status, "createdAt", "workflowId", "storedAt", "retryOf") '
    "values (false, %(mode)s, 'new', now(), %(workflow)s, 'db', %(retry_of)s) returning id"
)
NEW_DATA = 'insert into execution_data ("executionId", "workflowData", data) values (%(id)s, \'{}\', %(data)s)'
SET_RUNNING = (
    "update execution_entity set status = 'running', \"startedAt\" = now() - interval '72 s' where id = %(id)s"
)
END = (
    'update execution_entity set finished = %(finished)s, status = %(status)s, "stoppedAt" = "startedAt" + interval '
    "'72 s', "
    '"waitTill" = %(until)s where id = %(id)s'
)
SAVE_DATA = 'update execution_data set data = %(data)s, "workflowData" = \'{}\' where "executionId" = %(id)s'
CRASHED = "update execution_entity set status = 'crashed', \"stoppedAt\" = now() where id = %(id)s"

STARTED = '[{"version":1,"startData":"1","resultData":"2"},{},{"runData":"3"},{}]'
# The data of a failed execution as the library flatted 3.4.4 writes it.
FAILED = (
    '[{"version":1,"startData":"1","resultData":"2","executionData":"3"},{},'
    '{"error":"4","runData":"5","lastNodeExecuted":"6"},{},{"level":"7","httpCode":"8","message":"9","stack":"10"},{},'
    '"Read price list","error","503","The service refused the connection - perhaps it is offline","NodeApiError: x"]'
)
FOREVER = datetime(3000, 1, 1, tzinfo=UTC)
RAN = "finished in 1 min 12 s #automation"


class Workflows:
    """Executes workflows as n8n writes it down."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform

    def start(
        self, workflow: str, mode: str = "trigger", *, retry_of: int | None = None, archived: bool = False
    ) -> int:
        """Start an execution; return its id."""
        if not self.platform.host.rows("select from workflow_entity where id = %s", (workflow,)):
            self.platform.do(NEW_WORKFLOW, workflow=workflow, name=workflow, archived=archived)
        with self.platform.application.connection.transaction():
            (row,) = self.platform.application.rows(
                NEW_EXECUTION.replace("%(mode)s", "%s").replace("%(workflow)s", "%s").replace("%(retry_of)s", "%s"),
                (mode, workflow, retry_of),
            )
            self.platform.do(NEW_DATA, id=row["id"], data=STARTED)
        self.platform.do(SET_RUNNING, id=row["id"])
        return int(row["id"])

    def end(self, execution: int, status: str, data: str = STARTED, until: datetime | None = None) -> None:
        """Write an end, or a wait until a time, and the data."""
        self.platform.do(
            END, SAVE_DATA, id=execution, status=status, finished=status == "success", data=data, until=until
        )


@pytest.fixture
def workflows(empty_database: str) -> Iterator[Workflows]:
    """Return the workflows of an n8n with autopost beside it."""
    with known_platform("n8n", empty_database) as platform:
        yield Workflows(platform)


async def test_executions_and_waits_are_posted_once_and_nothing_else(workflows: Workflows, redactor: Redactor) -> None:
    """Succeeded, crashed, cancelled, retried, waiting for a person or for time, and all that is no run of its own."""
    ids = {}
    for mode in ("trigger", "webhook", "chat", "cli", "manual", "evaluation", "integrated", "error", "internal"):
        ids[mode] = workflows.start(mode, mode)
        workflows.end(ids[mode], "success")
    crashed = workflows.start("crashing")
    workflows.platform.do(CRASHED, id=crashed)
    workflows.end(workflows.start("cancelled"), "canceled")
    workflows.end(workflows.start("archived", archived=True), "success")
    workflows.start("still-running")

    retry = workflows.start("flaky", "retry", retry_of=7)
    workflows.end(retry, "success")

    approval = workflows.start("refund", "webhook")
    workflows.end(approval, "waiting", until=FOREVER)
    workflows.platform.do(SET_RUNNING, id=approval)
    workflows.end(approval, "success")
    pause = workflows.start("sleeper")
    workflows.end(pause, "waiting", until=datetime.now(UTC) + timedelta(hours=1))
    workflows.platform.do(SET_RUNNING, id=pause)
    workflows.end(pause, "success")

    posts = await workflows.platform.posts(redactor)
    expected = {
        (mode, "status", f"Just finished workflow_execute! Execution {ids[mode]} {RAN}")
        for mode in ("trigger", "webhook", "chat", "cli")
    } | {
        (
            "crashing",
            "alert",
            f"⚠️ crashing hit a problem with workflow_execute: Execution {crashed} crashed after 1 min 12 s",
        ),
        (
            "flaky",
            "status",
            f"Just finished workflow_execute! Execution {retry} finished in 1 min 12 s, a retry of 7 #automation",
        ),
        ("refund", "alert", f"🙋 refund is asking for approval: Execution {approval} waits for an answer"),
        ("refund", "status", f"Just finished workflow_execute! Execution {approval} {RAN}"),
        ("sleeper", "status", f"Just finished workflow_execute! Execution {pause} {RAN}"),
    }
    assert set(posts) == expected
    assert len(posts) == len(expected)
    assert workflows.platform.warnings() == []


async def test_alert_names_the_node_and_its_message(workflows: Workflows, redactor: Redactor) -> None:
    """They are in the data, which is written after the status."""
    failed = workflows.start("sync")
    workflows.end(failed, "error", FAILED)
    odd = {}
    for name, data in {
        "no JSON": "nonsense",
        "no list": '{"resultData": "1"}',
        "no error": STARTED,
        "a loop": '[{"resultData":"0","error":"0"}]',
        "too large": FAILED[:-1] + ',"' + "x" * 200_000 + '"]',
    }.items():
        odd[name] = workflows.start(name)
        workflows.end(odd[name], "error", data)
    posts = {author: text for author, _, text in await workflows.platform.posts(redactor)}
    head = "hit a problem with workflow_execute: Execution"
    assert posts.pop("sync") == (
        f"⚠️ sync {head} {failed} failed after 1 min 12 s: at Read price list: The service refused the connection - "
        "perhaps it is offline"
    )
    assert posts == {name: f"⚠️ {name} {head} {id_} failed after 1 min 12 s" for name, id_ in odd.items()}
    assert workflows.platform.warnings() == []
