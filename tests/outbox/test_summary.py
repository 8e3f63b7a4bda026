"""What the agents did in a stretch of time, read from a real database and said in words."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from autopost.database.connection import create_pool
from autopost.model.digest import DigestKind
from autopost.outbox.statements import Statements
from autopost.outbox.summary import AgentSummary, Approval, Summary, Whose, read_summary
from autopost.outbox.summary_text import lines, markdown, text
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.command_line import autopost
from tests.support.host import SCHEMAS, Host
from tests.support.work import work_off

EMAIL = "bob" + "@" + "example.com"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def insert(host: Host, agent: str, type_: str, status: str, times: int = 1, *, tenant: str = "tenant") -> None:
    """Insert operations of an agent with this status."""
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "select gen_random_uuid()::text, %s, %s, %s, %s, 'Wrote to ' || %s from generate_series(1, %s)",
        (tenant, agent, type_, status, EMAIL, times),
    )


async def summary_of(settings: Settings, whose: Whose | None = None, hours: int = 24) -> Summary:
    """Return the summary of the last hours."""
    pool = await create_pool(settings, "test", size=1)
    try:
        until = datetime.now(UTC) + timedelta(minutes=1)
        return await read_summary(Statements(pool, SCHEMAS), until - timedelta(hours=hours), until, whose)
    finally:
        await pool.close()


@pytest.fixture
async def busy(host: Host, settings: Settings, redactor: Redactor) -> Host:
    """Return a platform whose agents had a day: completed work, alerts, approvals, and what was not posted."""
    host.agent("ada", name="Ada")
    host.agent("bob", name="Bob")
    host.agent("stu", maturity="STUDENT", name="Stu")
    insert(host, "ada", "workflow_execute", "completed", 3)
    insert(host, "ada", "report_generate", "completed")
    insert(host, "bob", "workflow_execute", "failed", 2)
    insert(host, "bob", "approval_requested", "waiting", 2)
    insert(host, "stu", "workflow_execute", "completed", 2)
    insert(host, "ada", "report_generate", "completed", tenant="other")
    await work_off(host, settings, redactor)
    host.execute(
        "update operation_trackers set status = 'approved' where ctid = (select min(ctid) from operation_trackers "
        "where operation_type = 'approval_requested')"
    )
    return host


async def test_summary_says_what_each_agent_did(busy: Host, settings: Settings) -> None:
    """Also what was rate-limited; of students only how many were blocked; an approval that was given is not open."""
    found = await summary_of(settings)
    (ada, bob) = sorted(found.agents, key=lambda agent: agent.id)
    assert [(kind.operation_type, kind.count) for kind in ada.completed] == [
        ("workflow_execute", 3),
        ("report_generate", 1),
    ]
    assert [(kind.operation_type, kind.status, kind.count) for kind in bob.alerts] == [
        ("workflow_execute", "failed", 2)
    ]
    assert [(each.agent, each.title) for each in found.approvals] == [("Bob", None)]
    assert dict(found.not_posted) == {"rate_limited": 3, "maturity_blocked": 2, "tenant_mismatch": 1}
    assert (found.completed, found.alerts, found.posted, found.is_partial) == (4, 2, 5, False)
    assert EMAIL not in json.dumps(found.facts)
    earlier = busy.value("select now() - interval '2 days'")
    pool = await create_pool(settings, "test", size=1)
    nothing = await read_summary(Statements(pool, SCHEMAS), earlier, earlier + timedelta(days=1))
    await pool.close()
    assert lines(nothing, UTC) == ["Nothing happened."]


async def test_summary_is_of_those_who_are_wanted(busy: Host, settings: Settings) -> None:
    """Agents, tenants and categories, as a webhook's filters name them."""
    assert [a.id for a in (await summary_of(settings, Whose(agents=["ada"]))).agents] == ["ada"]
    assert (await summary_of(settings, Whose(agents=["ada"]))).approvals == []
    assert (await summary_of(settings, Whose(tenants=["other"]))).not_posted == {"tenant_mismatch": 1}
    assert len((await summary_of(settings, Whose(categories=["ops"]))).agents) == 2
    assert (await summary_of(settings, Whose(categories=["none"]))).agents == []


async def test_command_prints_text_markdown_and_json(busy: Host, database: str) -> None:
    """The same facts in each form; what is no span is refused with advice."""
    shown = autopost("digest", "--since", "24h", dsn=database)
    assert "Ada: 3 workflows and a report" in shown.stdout, shown.stderr
    assert "4 operations completed by 1 agent, 2 alerts, 1 approval open." in shown.stdout
    assert "- Bob: 2 workflows failed" in autopost("digest", "--markdown", dsn=database).stdout
    facts = json.loads(autopost("digest", "--json", dsn=database).stdout)
    assert (facts["completed"], facts["alerts"]) == (4, 2)
    refused = autopost("digest", "--since", "yesterday", dsn=database)
    assert (refused.returncode, "such as 90m, 24h or 7d" in refused.stderr) == (2, True)


def agent(number: int) -> AgentSummary:
    """Return an agent that completed workflows and had an alert."""
    kinds = [DigestKind(None, "workflow_execute", "completed", number)]
    alerts = [DigestKind("A *bold* job", "x", "failed", 1)]
    return AgentSummary(f"a{number}", f"Agent {number}", kinds, alerts)


def big(agents: int) -> Summary:
    """Return a summary with many agents, the busiest first."""
    approvals = [Approval("Ada", "A purchase", f"op{number}", NOON) for number in range(50)]
    found: dict[str, Any] = {"not_posted": {"rate_limited": 9, "dead": 1}, "approvals": approvals, "posted": 1}
    return Summary(NOON - timedelta(days=1), NOON, [agent(number) for number in range(agents, 0, -1)], **found)


def test_many_agents_are_cut_to_what_fits() -> None:
    """The first ones are shown and the others counted, and no operation is missing in the numbers."""
    for most in (800, 1_000, 2_400, 30_000):
        shown = "\n".join(lines(big(300), UTC, most))
        assert len(shown) <= most, most
        assert "Agent 300: 300 workflows" in shown
        assert "45,150 operations completed by 300 agents" in shown
    short = lines(big(300), UTC, 2_400)
    shown = "\n".join(short[short.index("Completed:") :])
    (rest,) = re.findall(r"- and (\d+) more agents: ([\d,]+) operations", shown)
    named = [int(number) for number in re.findall(r"- Agent \d+: (\d+) workflows", shown)]
    assert (len(named) + int(rest[0]), sum(named) + int(rest[1].replace(",", ""))) == (300, 45_150)
    assert any(line.endswith("more approvals") for line in short)
    assert "more agents" not in "\n".join(lines(big(3), UTC))


def test_times_are_local_and_markup_is_escaped() -> None:
    """In plain text a title shows as it is, and in Markdown as well."""
    plain, marked = text(big(1), BERLIN), markdown(big(1), BERLIN)
    assert plain.startswith("Summary of 28 Feb, 13:00 to 1 Mar, 13:00 CET\n\n1 operation completed by 1 agent, 1 alert")
    assert "  Agent 1: a *bold* job failed" in plain
    assert "- Agent 1: a \\*bold\\* job failed" in marked
    assert "## Not posted\n\n- 10 operations: rate limited 9, dead-lettered 1" in marked
