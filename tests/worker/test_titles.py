"""Titles of rules on a real database: in force at once, in posts, feeds, the audit log and summaries of alerts."""

from __future__ import annotations

import json

from autopost.database.connection import create_pool
from autopost.outbox.outcomes import read_outcomes
from autopost.outbox.statements import Statements
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from autopost.web.page.rendering import Renderer
from tests.support.host import SCHEMAS, Host
from tests.support.work import eventually, work_off, working

CARD = "4111 1111 1111 " + "1111"


def title(host: Host, operation_type: str, text: str | None) -> None:
    """Title all rules of a type."""
    host.execute(
        "select auto_post_title_rule(id, %s) from auto_post_rules where operation_type = %s", (text, operation_type)
    )


def content(host: Host, operation_id: str) -> str:
    """Return the text of an operation's post."""
    return str(
        host.value("select content from social_posts where post_metadata ->> 'tracker_id' = %s", (operation_id,))
    )


async def test_title_is_the_one_in_force_when_the_post_is_written(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """It changes without a restart, also for what was captured before; a pattern's too. The type stays in the data."""
    for agent in ("a1", "a2", "a3", "a4"):
        host.agent(agent)
    title(host, "workflow_execute", "an old name")
    host.complete("before", agent="a1")
    title(host, "workflow_execute", f"order {CARD}")
    host.execute("update auto_post_rules set title = 'a scan' where match = 'like'")
    host.complete("scan", "security_scan", agent="a2")
    async with working(settings, redactor):
        await eventually(lambda: len(host.posts()) == 2)
        title(host, "workflow_execute", "The workflow")
        host.complete("later", agent="a3")
        await eventually(lambda: len(host.posts()) == 3)
        title(host, "workflow_execute", None)
        host.complete("last", agent="a4")
        await eventually(lambda: len(host.posts()) == 4)
    assert content(host, "before").startswith(f"Just finished order {CARD}! ")
    assert "finished a scan" in content(host, "scan")
    assert content(host, "later").startswith("Just finished the workflow! ")
    assert content(host, "last").startswith("Just finished workflow_execute! ")
    found = host.rows(
        "select p.post_metadata, l.details from social_posts as p join audit_log as l on l.post_id = p.id"
    )
    for row in found:
        assert row["post_metadata"]["operation_type"] in ("workflow_execute", "security_scan")
        assert row["post_metadata"].get("title") == row["details"].get("title")
    assert {row["details"].get("title") for row in found} == {f"order {CARD}", "a scan", "The workflow", None}


async def test_draft_of_another_title_is_written_again(host: Host, settings: Settings, redactor: Redactor) -> None:
    """One of the same title is posted as it is, so that a retry does not pay for the LLM."""
    title(host, "workflow_execute", "a workflow")
    for agent, drafted in (("a1", "a workflow"), ("a2", "an old name"), ("a3", None)):
        host.agent(agent)
        host.complete(agent, agent=agent)
        draft = {"content": f"Draft: {drafted}", "generator": "llm", "model": "m"} | {"title": drafted}
        host.execute("update auto_post_outbox set draft = %s where tracker_id = %s", (json.dumps(draft), agent))
    await work_off(host, settings, redactor)
    assert content(host, "a1") == "Draft: a workflow"
    assert content(host, "a2").startswith("Just finished a workflow! ")
    assert content(host, "a3").startswith("Just finished a workflow! ")


async def test_summary_of_alerts_has_the_title(
    host: Host, settings: Settings, database: str, redactor: Redactor
) -> None:
    """And what was skipped in the storm, in the audit log and so on the dashboard."""
    host.agent()
    title(host, "workflow_execute", "a workflow")
    for number in range(3):
        host.complete(f"op{number}", status="failed")
    async with working(load_settings(database_url=database, alert_burst=1), redactor):
        await eventually(lambda: len(host.rows("select from audit_log where details ? 'outcome'")) == 3)
        host.execute("update auto_post_alert_windows set ends_at = now()")
        host.execute("update auto_post_outbox set available_at = now() where summary is not null")
        await eventually(lambda: host.waiting() == 0)
    (summed_up,) = (post for post in host.posts() if "more alert" in post["content"])
    assert "(a workflow)" in summed_up["content"]
    skipped = host.rows("select details from audit_log where action = 'auto_post.skipped'")
    assert {row["details"]["title"] for row in skipped} == {"a workflow"}
    async with await create_pool(settings, "test", size=1) as pool:
        outcomes = await read_outcomes(Statements(pool, SCHEMAS), 10, rows=10)
    assert {outcome.title for outcome in outcomes} == {"a workflow"}
    shown = Renderer(may_act=False).entry(outcomes[0])
    assert "<bdi>A workflow</bdi>" in shown
    assert "workflow execute" not in shown
