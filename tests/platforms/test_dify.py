"""Dify 1.x. A run is inserted as running, and merged and updated as a whole when it ends.

From core/repositories/sqlalchemy_workflow_execution_repository.py (save) and
repositories/sqlalchemy_api_workflow_run_repository.py (create_workflow_pause, resume_workflow_pause), which set the
status of the run in the transaction that inserts the pause; models/human_input.py has the forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

TENANT = uuid4()
NEW_APP = (
    "insert into apps (id, tenant_id, name, mode, enable_site, enable_api, status) "
    "values (%(app)s, %(tenant)s, %(name)s, 'workflow', true, true, %(status)s)"
)
NEW_RUN = (
    "insert into workflow_runs (id, tenant_id, app_id, workflow_id, type, triggered_from, version, inputs, status, "
    "created_by_role, created_by) values (%(run)s, %(tenant)s, %(app)s, gen_random_uuid(), %(type)s, %(from)s, "
    "'draft', '{}', 'running', 'account', gen_random_uuid())"
)
END = (
    "update workflow_runs set status = %(status)s, outputs = %(outputs)s, error = %(error)s, elapsed_time = 72.4, "
    "total_tokens = 10, total_steps = 3, exceptions_count = %(exceptions)s, "
    "finished_at = current_timestamp at time zone 'UTC' where id = %(run)s"
)
PAUSES = "update workflow_runs set status = 'paused' where id = %(run)s"
NEW_PAUSE = (
    "insert into workflow_pauses (id, workflow_id, workflow_run_id, state_object_key) "
    "values (gen_random_uuid(), gen_random_uuid(), %(run)s, 'state')"
)
RESUMES = "update workflow_runs set status = 'running' where id = %(run)s"
NEW_FORM = (
    "insert into human_input_forms (id, tenant_id, app_id, workflow_run_id, form_kind, node_id, form_definition, "
    "rendered_content, status, expiration_time) values (%(form)s, %(tenant)s, %(app)s, %(run)s, %(kind)s, 'n', "
    "'{}', %(content)s, 'waiting', now() at time zone 'UTC' + interval '1 day')"
)
SUBMITTED = (
    "update human_input_forms set status = 'submitted', submitted_at = now() at time zone 'UTC', "
    "selected_action_id = 'approve' where id = %(form)s"
)
RAN = "Just finished workflow_execute! Finished in 1 min 12 s"


class Apps:
    """Runs the workflows of apps."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform
        self.names: dict[str, str] = {}

    def start(
        self, name: str, *, origin: str = "app-run", kind: str = "workflow", status: str = "normal"
    ) -> dict[str, UUID]:
        """Start a run of a new app; return the ids of both."""
        ids = {"app": uuid4(), "run": uuid4(), "tenant": TENANT}
        self.names[str(ids["app"])] = name
        self.platform.do(NEW_APP, **ids, name=name, status=status)
        self.platform.do(NEW_RUN, **ids, type=kind, **{"from": origin})
        return ids

    def end(
        self, ids: dict[str, UUID], status: str = "succeeded", outputs: str | None = "{}", error: str | None = None
    ) -> None:
        """End a run."""
        exceptions = 2 if status == "partial-succeeded" else 0
        self.platform.do(END, run=ids["run"], status=status, outputs=outputs, error=error, exceptions=exceptions)


@pytest.fixture
def apps(empty_database: str) -> Iterator[Apps]:
    """Return the apps of a Dify with autopost beside it."""
    with known_platform("dify", empty_database) as platform:
        yield Apps(platform)


async def test_runs_and_forms_are_posted_once_and_nothing_else(apps: Apps, redactor: Redactor) -> None:
    """Outputs of every shape, failures, chats, the editor, pauses with and without a form, an archived app."""
    outputs = {
        "text": ('{"text": "42 hosts looked at"}', f"{RAN}: 42 hosts looked at #automation"),
        "answer": ('{"x": 1, "answer": "All is well"}', f"{RAN}: All is well #automation"),
        "other": ('{"count": 7}', f"{RAN}: 7 #automation"),
        "list": ("[1, 2]", f"{RAN} #automation"),
        "no JSON": ("not json at all", f"{RAN} #automation"),
        "empty": ("{}", f"{RAN} #automation"),
        "blank": ('{"text": "", "summary": "Rows are in"}', f"{RAN}: Rows are in #automation"),
        "blanks": ('{"text": "", "summary": null}', f"{RAN} #automation"),
        "nested": ('{"result": {"rows": 12}}', f'{RAN}: {{"rows": 12}} #automation'),
        "none": (None, f"{RAN} #automation"),
        "private": (
            '{"text": "jane.doe@example.com owes 4,000"}',
            f"{RAN}: <EMAIL_ADDRESS> owes 4,000 #automation",
        ),
    }
    expected = set()
    for name, (given, text) in outputs.items():
        apps.end(apps.start(name), outputs=given)
        expected.add((name, "status", text))

    apps.end(apps.start("broken"), "failed", error="Node load: 503")
    apps.end(apps.start("partial"), "partial-succeeded", '{"text": "10 of 12 rows"}')
    apps.end(apps.start("stopped"), "stopped")
    apps.end(apps.start("editor", origin="debugging"), "failed", error="x")
    apps.end(apps.start("pipeline in the editor", origin="rag-pipeline-debugging"))
    apps.end(apps.start("scheduled", origin="schedule"))
    apps.end(apps.start("chat", kind="chat"), outputs='{"answer": "Hello Jane"}')
    apps.end(apps.start("broken chat", kind="chat"), "failed", error="quota exceeded")
    apps.end(apps.start("archived", status="archived"))
    apps.start("still running")

    ids = apps.start("refund")
    for content in ("Refund 40 for order 7?", "And the postage?"):
        form = uuid4()
        apps.platform.do(NEW_FORM, **ids, form=form, kind="runtime", content=content)
        if content.startswith("Refund"):
            apps.platform.do(PAUSES, NEW_PAUSE, run=ids["run"])
        apps.platform.do(SUBMITTED, form=form)
        apps.platform.do(RESUMES, run=ids["run"])
    apps.end(ids)
    editor = apps.start("form in the editor", origin="debugging")
    apps.platform.do(NEW_FORM, **editor, form=uuid4(), kind="runtime", content="tried out")
    apps.platform.do(NEW_FORM, **ids, form=uuid4(), kind="delivery_test", content="tried out")

    failed = "hit a problem with workflow_execute: Run failed after 1 min 12 s"
    expected |= {
        ("broken", "alert", f"⚠️ broken {failed}: Node load: 503"),
        ("partial", "status", f"{RAN} with 2 failed steps: 10 of 12 rows #automation"),
        ("scheduled", "status", f"{RAN} #automation"),
        ("broken chat", "alert", f"⚠️ broken chat {failed}: quota exceeded"),
        ("refund", "alert", "🙋 refund is asking for approval: Refund 40 for order 7?"),
        ("refund", "alert", "🙋 refund is asking for approval: And the postage?"),
        ("refund", "status", f"{RAN} #automation"),
    }
    posts = await apps.platform.posts(redactor)
    assert {(apps.names[author], kind, text) for author, kind, text in posts} == expected
    assert len(posts) == len(expected)
    assert apps.platform.warnings() == []
