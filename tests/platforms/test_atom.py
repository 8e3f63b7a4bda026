"""atom (rush86999/atom), at 8aa2f26a and as it was at 49e4722c.

From backend/tools/agent_guidance_canvas_tool.py (start_operation, update_step, complete_operation),
core/generic_agent.py and core/agent_execution_service.py (AgentExecution), core/agent_governance_service.py
(request_approval), and core/agent_social_layer.py (create_post, whose reader expects what the mapping fills in).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

AGENT = (
    "insert into agent_registry (id, name, category, module_path, class_name, status{more}) "
    "values (%(agent)s, %(agent)s, 'ops', 'm', 'c', %(status)s{values})"
)
START = (
    "insert into agent_operation_tracker (id, agent_id, user_id, workspace_id, operation_type, operation_id, "
    "current_step, "
    "current_step_index, status, progress, what_explanation, why_explanation, next_steps, operation_metadata, "
    "logs{more}) "
    "values (%(id)s, %(agent)s, 'u', 'default', %(type)s, %(id)s, 'Initializing', 0, 'running', 0, %(what)s, 'so "
    "that', 'rest', "
    "'{{}}', '[]'{values})"
)
STEP = "update agent_operation_tracker set current_step = %(step)s, progress = 50 where id = %(id)s"
COMPLETE = (
    "update agent_operation_tracker set status = %(status)s, completed_at = now(), progress = 100, "
    "current_step = coalesce(%(message)s, current_step) where id = %(id)s"
)
EXECUTION = (
    "insert into agent_executions (id, agent_id, workspace_id, status, input_summary, output_summary, "
    "triggered_by{more}) "
    "values (%(id)s, %(agent)s, 'default', %(status)s, %(input)s, %(output)s, %(by)s{values})"
)
EXECUTION_ENDS = (
    "update agent_executions set status = %(status)s, result_summary = %(result)s, error_message = %(error)s, "
    "completed_at = now() where id = %(id)s"
)
APPROVAL = (
    "insert into hitl_actions (id, workspace_id, agent_id, action_type, platform, params, status, reason) "
    "values (%(id)s, 'default', %(agent)s, 'send_message', 'internal', '{}', 'pending', 'Learning phase: external "
    "contact')"
)
APPROVED = "update hitl_actions set status = 'approved', reviewed_at = now(), reviewed_by = 'u' where id = %(id)s"


class Agents:
    """Agents of atom at work. `tenants` says whether its operations name a tenant."""

    def __init__(self, platform: KnownPlatform, *, tenants: bool) -> None:
        self.platform = platform
        self.tenants = tenants
        host = platform.host
        if tenants:
            host.execute(
                "insert into tenants (id, name, subdomain, edition, current_spend_usd, total_spend_usd) "
                "values ('acme', 'Acme', 'acme', 'personal', 0, 0), ('default', 'Default', 'default', 'personal', 0, 0)"
            )
        more, values = (
            (", first_name, last_name, role, status, is_active", ", 'U', 'U', 'member', 'active', true")
            if tenants
            else ("", "")
        )
        host.execute(
            f"insert into users (id, email{more}) values ('u', 'u@example.com'{values}); "
            "insert into workspaces (id, name) values ('default', 'Default')"
        )

    def agent(self, name: str, status: str = "supervised") -> str:
        """Register an agent; return its id."""
        more, values = (
            (", role, type, capabilities, tenant_id", ", 'agent', 'personal', '[]', 'acme'")
            if self.tenants
            else ("", "")
        )
        self.platform.do(AGENT.format(more=more, values=values), agent=name, status=status)
        return name

    def work(
        self,
        agent: str,
        kind: str = "workflow_execute",
        status: str = "completed",
        message: str | None = None,
        what: str = "Sort the inbox",
    ) -> None:
        """Track one operation from its start to its end."""
        id_, extra = str(uuid4()), (", tenant_id", ", 'default'") if self.tenants else ("", "")
        self.platform.do(START.format(more=extra[0], values=extra[1]), id=id_, agent=agent, type=kind, what=what)
        self.platform.do(STEP, id=id_, step="Reading")
        for _ in range(2):
            self.platform.do(COMPLETE, id=id_, status=status, message=message)

    def execute(
        self, agent: str, status: str, *, by: str = "manual", chain: bool = False, inserted: bool = False
    ) -> None:
        """Execute an agent; `inserted` writes the end at once, as agents without a session do."""
        id_, extra = (
            str(uuid4()),
            (
                (", tenant_id, chain_id", f", 'default', {repr('chain') if chain else 'null'}")
                if self.tenants
                else ("", "")
            ),
        )
        statement = EXECUTION.format(more=extra[0], values=extra[1])
        row = {
            "id": id_,
            "agent": agent,
            "by": by,
            "input": "List the hosts",
            "output": "42 hosts" if inserted else None,
        }
        self.platform.do(statement, **row, status=status if inserted else "running")
        if not inserted:
            error = "Agent chat execution failed" if status == "failed" else None
            self.platform.do(EXECUTION_ENDS, id=id_, status=status, result=None if error else "Found 42", error=error)

    def approval(self, agent: str) -> None:
        """Ask for an approval, and get it."""
        id_ = str(uuid4())
        self.platform.do(APPROVAL, id=id_, agent=agent)
        self.platform.do(APPROVED, id=id_)


@pytest.fixture(params=["atom", "atom-2026-02"])
def agents(request: pytest.FixtureRequest, empty_database: str) -> Iterator[Agents]:
    """Return the agents of an atom with autopost beside it: of today's, and of February 2026."""
    today = request.param == "atom"
    with known_platform(request.param, empty_database, schema="atom" if today else "atom_old") as platform:
        yield Agents(platform, tenants=today)


async def test_all_three_tables_are_posted_once_and_nothing_else(agents: Agents, redactor: Redactor) -> None:
    """Operations with and without a last message, executions inserted or updated, chats, chains, approvals, levels."""
    work = agents.work
    work(agents.agent("completed"), message="Inbox is sorted")
    work(agents.agent("only-message"), what="", message="Connected")
    work(agents.agent("failed"), status="failed", message="token expired")
    work(agents.agent("asks"), "approval_requested")
    work(agents.agent("unnamed"), "database_query")
    for status in ("student", "paused", "deleted"):
        work(agents.agent(status, status))

    agents.execute(agents.agent("executes"), "completed")
    agents.execute(agents.agent("inserts"), "success", inserted=True, by="agent_loop")
    agents.execute(agents.agent("breaks"), "failed")
    agents.execute(agents.agent("times-out"), "timeout")
    agents.execute(agents.agent("chats"), "completed", by="websocket")
    if agents.tenants:
        agents.execute(agents.agent("delegated"), "completed", chain=True)
    agents.approval(agents.agent("waits"))

    ran, problem = "Just finished workflow_execute!", "hit a problem with workflow_execute:"
    expected = {
        ("completed", "status", f"{ran} Sort the inbox #automation"),
        ("only-message", "status", f"{ran} Connected #automation"),
        ("failed", "alert", f"⚠️ failed {problem} Sort the inbox: token expired"),
        ("asks", "alert", "🙋 asks is asking for approval: Sort the inbox"),
        ("executes", "status", f"{ran} Found 42 #automation"),
        ("inserts", "status", f"{ran} 42 hosts #automation"),
        ("breaks", "alert", f"⚠️ breaks {problem} List the hosts: Agent chat execution failed"),
        ("times-out", "alert", f"⚠️ times-out {problem} List the hosts: timed out"),
        (
            "waits",
            "alert",
            "🙋 waits is asking for approval: send_message on internal: Learning phase: external contact",
        ),
    }
    posts = await agents.platform.posts(redactor)
    assert set(posts) == expected
    assert len(posts) == len(expected)
    assert agents.platform.warnings() == []


async def test_platform_reads_our_posts_like_its_own(agents: Agents, redactor: Redactor) -> None:
    """Nothing is missing that its own create_post fills, the tenant is the agent's, the audit row is of its kind."""
    agents.work(agents.agent("ada"))
    await agents.platform.posts(redactor)
    host = agents.platform.host
    if agents.tenants:
        (post,) = host.rows("select tenant_id, author_type, post_type, post_metadata as data from public.social_posts")
        assert (post["tenant_id"], post["author_type"], post["post_type"]) == ("acme", "agent", "status")
        data = post["data"]
        mine = "mentioned_agent_ids", "mentioned_user_ids", "mentioned_episode_ids", "mentioned_task_ids"
        assert (data["sender_name"], data["is_public"], data["auto_generated"]) == ("ada", True, True)
        assert [data[key] for key in mine] == [[], [], [], []]
        (audit,) = host.rows("select * from public.saas_audit_logs")
        assert audit["tenant_id"] == "acme"
    else:
        (post,) = host.rows("select * from public.agent_posts")
        assert (post["sender_name"], post["sender_maturity"], post["is_public"]) == ("ada", "SUPERVISED", True)
        assert (post["auto_generated"], post["reply_count"], post["mentioned_agent_ids"]) == (True, 0, [])
        (audit,) = host.rows("select * from public.audit_logs")
    assert (audit["action"], audit["success"]) == ("auto_post.posted", True)
