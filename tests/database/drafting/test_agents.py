"""What a draft makes of agents: which table describes them, who may post, whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autopost.database.drafting.snapshot import Reference, Table
from tests.support.drafting import drafted, table, text_of

STATUS = "status text"
IDS = "id int key"


def agents(*tables: Table) -> dict[str, object]:
    """Return the columns of the agents in a draft."""
    columns: dict[str, object] = drafted(*tables)["agents"]["columns"]
    return columns


def people(column: str, *given: str | None) -> dict[str, object]:
    """Return the columns of agents with one column more, and a row for each of its values."""
    rows = [{column.split()[0]: value} for value in given]
    return agents(
        table("agents", "id text key", "name text !", column, rows=rows),
        table("runs", IDS, "agent_id text ! ->agents.id", STATUS),
    )


def test_agents_are_found_by_a_reference_or_by_its_name() -> None:
    """A foreign key, `workflowId` and workflow_entity, a column of the same name; the best word wins."""
    for columns, other, expected in (
        (("bot_id int ! ->robots.no",), table("robots", "no int key", "name text"), "robots"),
        (("workflowId text",), table("workflow_entity", "id text key", "name text"), "workflow_entity"),
        (("dag_id text",), table("dag", "dag_id text key"), "dag"),
        (("user_id int ->users.id", "app_id int ->apps.id"), table("apps", IDS, "name text"), "apps"),
    ):
        users = table("users", IDS, "name text")
        assert drafted(table("runs", IDS, *columns, STATUS), other, users)["agents"]["table"] == f"public.{expected}"


def test_agents_are_found_by_way_of_another_table() -> None:
    """A run has a version of a workflow: the workflow works."""
    made = drafted(
        table("workflow", "id uuid key", "name text"),
        table("workflow_version", "id uuid key", "workflow_id uuid ! ->workflow.id"),
        table("workflow_run", IDS, "workflow_version_id uuid ! ->workflow_version.id", STATUS),
    )
    assert made["agents"]["table"] == "public.workflow"
    assert made["operation_trackers"]["columns"]["agent_id"] == (
        "(select a.workflow_id from public.workflow_version as a where a.id = t.workflow_version_id limit 1)"
    )


def test_agent_is_preferred_to_its_task_and_found_by_keys_of_several_columns() -> None:
    """A run is of a task, which is an agent's; each key has the tenant too. What an agent has to do is not an agent."""
    tenant, own = "org_id uuid key", "id uuid key"
    agents = replace(table("agents", tenant, own, "name text !"), keys=(("org_id", "id"),))
    tasks = replace(
        table("tasks", tenant, own, "agent_id uuid !", "name text !"),
        references=(Reference(("org_id", "agent_id"), "public.agents", ("org_id", "id")),),
    )
    runs = replace(
        table("runs", own, "org_id uuid !", "task_id uuid !", STATUS),
        references=(Reference(("org_id", "task_id"), "public.tasks", ("org_id", "id")),),
    )
    made = drafted(agents, tasks, runs)
    assert (made["agents"]["table"], made["agents"]["columns"]["id"]) == ("public.agents", ["id", "org_id"])
    lookup = made["operation_trackers"]["columns"]["agent_id"]
    assert "concat(a.agent_id)" in lookup
    assert "concat(a.org_id)" in lookup
    assert "from public.tasks as a where a.id = t.task_id and a.org_id = t.org_id limit 1" in lookup


def test_agent_is_called_by_a_column_named_after_its_table() -> None:
    """`workflow_name`, `botTitle`, `dag_display_name`; a plain name goes before, a handle after."""
    for name, columns, expected in (
        ("workflow", ("workflow_name text !",), "workflow_name"),
        ("bots", ("botTitle text !", "slug text !"), '"botTitle"'),
        ("dag", ("dag_display_name text !",), "dag_display_name"),
        ("agents", ("agent_label text", "name text !"), "name"),
    ):
        runs = table("runs", IDS, f"owner text ! ->{name}.id", STATUS)
        assert agents(table(name, "id text key", *columns), runs)["name"] == expected


def test_name_of_another_table_is_no_foreign_key_and_doubted_until_rows_agree() -> None:
    """Every agent of the sampled operations is in the other table, or not."""
    for known, doubts in ((("a", "b"), 0), (("a",), 1), ((), 1)):
        text = text_of(
            table("agents", "id text key", "name text", rows=[{"id": each} for each in known]),
            table("runs", IDS, "agent_id text", STATUS, rows=[{"agent_id": "a"}, {"agent_id": "b"}]),
        )
        assert text.count("# CHECK: no foreign key") == doubts


def test_agents_that_no_table_describes_are_a_view_to_make() -> None:
    """Of the names that come again and again, or of one agent for all."""
    rows = [{"task_name": f"task {n % 2}"} for n in range(6)]
    text = text_of(table("runs", IDS, "task_name text", STATUS, rows=rows))
    assert "# select distinct t.task_name::text as id from public.runs as t" in text
    assert 'table = "public.autopost_agents"' in text
    assert "# create view public.autopost_agents as select 'platform' as id;" in text_of(table("runs", IDS, STATUS))


def test_agents_of_two_tables_are_a_view_of_both() -> None:
    """Where each row has one or the other."""
    kinds = (
        table("assistants", IDS, "name text"),
        table("workflows", IDS, "name text", "enabled bool !"),
    )
    references = ("assistant_id int ->assistants.id", "workflow_id int ->workflows.id")
    rows = [{"assistant_id": "1", "workflow_id": None}, {"assistant_id": None, "workflow_id": "1"}]
    made = drafted(*kinds, table("runs", IDS, *references, STATUS, rows=rows))
    assert made["operation_trackers"]["columns"]["agent_id"] == (
        "coalesce('assistants/' || t.assistant_id, 'workflows/' || t.workflow_id)"
    )
    both: Sequence[dict[str, str | None]] = [{"assistant_id": "1", "workflow_id": "2"}]
    made = drafted(*kinds, table("runs", IDS, *references, STATUS, rows=both))
    assert made["operation_trackers"]["columns"]["agent_id"] == "assistant_id"


def test_maturity_is_a_column_of_levels() -> None:
    """Whatever it is called, and compared without regard to case."""
    assert people("status text", "student", "AUTONOMOUS", "deleted")["maturity"] == "status"
    assert people("maturity_level text")["maturity"] == "maturity_level"


def test_levels_of_another_kind_must_be_decided() -> None:
    """Everybody could post otherwise, which nobody has said."""
    for column, given in (("maturity text", ("novice", "expert")), ("autonomy_level int", ("1", "3"))):
        assert str(people(column, *given)["maturity"]).startswith("DECIDE: which level (STUDENT, INTERN"), column


def test_platform_without_levels_lets_those_post_who_are_active() -> None:
    """By a flag, in the positive or the negative, or a time of deletion; not where it would keep out everybody."""
    for column, given, expected in (
        ("active bool !", ("true", "false"), "case when t.active is not false then 'SUPERVISED' end"),
        ("is_enabled bool", (), "case when t.is_enabled is not false then 'SUPERVISED' end"),
        ("disabled bool", ("false",), "case when t.disabled is not true then 'SUPERVISED' end"),
        ("deleted_at timestamp", (), "case when t.deleted_at is null then 'SUPERVISED' end"),
        ("active bool !", ("false", "false"), "'SUPERVISED'"),
        ("status (ENABLED,DISABLED)", (), "case when t.status = 'ENABLED' then 'SUPERVISED' end"),
        ("status text", ("active", "paused"), "case when t.status = 'active' then 'SUPERVISED' end"),
        ("status text", ("active", "idle", "busy"), "'SUPERVISED'"),
        ("status text", ("normal",), "'SUPERVISED'"),
        ("status (active,draft)", ("draft",), "'SUPERVISED'"),
        ("colour text", ("red",), "'SUPERVISED'"),
    ):
        assert people(column, *given)["maturity"] == expected, column


def test_tenants_of_operation_and_agent_agree() -> None:
    """As nothing is posted otherwise: of another word none is compared, and the agent's counts where they differ."""
    for here, there, rows, agent, operation in (
        (("tenant_id text",), ("tenant_id text",), [], "tenant_id", "tenant_id"),
        (("workspace_id text",), ("org_id text",), [], "null", "workspace_id"),
        (
            (),
            ("org_id text",),
            [],
            "org_id",
            "(select a.org_id from public.agents as a where a.id = t.agent_id limit 1)",
        ),
        (
            ("tenant_id text",),
            ("tenant_id text",),
            [{"agent_id": "a", "tenant_id": "default"}],
            "tenant_id",
            "coalesce((select a.tenant_id from public.agents as a where a.id = t.agent_id limit 1), t.tenant_id)",
        ),
    ):
        made = drafted(
            table("agents", "id text key", *there, rows=[{"id": "a", "tenant_id": "acme", "org_id": "acme"}]),
            table("runs", IDS, "agent_id text ! ->agents.id", *here, STATUS, rows=rows),
        )
        found = (made["agents"]["columns"]["tenant_id"], made["operation_trackers"]["columns"]["tenant_id"])
        assert found == (agent, operation)


def test_agents_are_found_by_the_values_of_a_column() -> None:
    """Where neither a key nor a name says it, but every value is the id of one of them."""
    known = [{"id": each} for each in ("c1", "c2")]
    for scopes, expected in ((("c1", "c2", "c1"), "public.connection"), (("c1", "other"), "public.autopost_agents")):
        made = drafted(
            table("connection", "id uuid key", "name text", rows=known),
            table("jobs", IDS, "scope text", STATUS, rows=[{"scope": scope} for scope in scopes]),
        )
        assert made["agents"]["table"] == expected


def test_agents_may_be_called_otherwise_where_one_table_alone_can_be_meant() -> None:
    """`agentflowId` is of chat_flow while there is no other flow."""
    run = table("execution", "id uuid key", "agentflowId uuid !", STATUS)
    flow = table("chat_flow", "id uuid key", "name text")
    assert drafted(run, flow)["agents"]["table"] == "public.chat_flow"
    other = table("mail_flow", "id uuid key", "name text")
    assert drafted(run, flow, other)["agents"]["table"] == "public.autopost_agents"


def test_agent_without_a_name_has_that_of_its_newest_version() -> None:
    """As a flow of which only versions are named."""
    found = agents(
        table("flow", "id text key"),
        table("flow_version", "id text key", "flow_id text ! ->flow.id", "display_name text", "created timestamptz"),
        table("flow_run", IDS, "flow_id text ! ->flow.id", STATUS),
    )
    assert found["name"] == (
        "(select v.display_name from public.flow_version as v where v.flow_id = t.id order by v.created desc limit 1)"
    )


def test_table_with_the_same_keys_says_more_about_an_operation() -> None:
    """Who worked, whether it was a part of another or a test: as v2_job does for v2_job_completed."""
    ids = [{"id": str(number)} for number in range(4)]
    jobs = [{**row, "script_path": "f/a", "kind": kind} for row, kind in zip(ids, ("flow", "preview") * 2, strict=True)]
    text = text_of(
        table("job", "id uuid key", "script_path text", "parent_job uuid", "kind (flow,preview) !", rows=jobs),
        table("job_completed", "id uuid key", "status (success,failure) !", rows=ids),
    )
    assert "# select distinct t.script_path::text as id from public.job as t" in text
    assert 'agent_id = "(select a.script_path from public.job as a where a.id = t.id limit 1)"' in text
    assert "when (select a.parent_job is not null from public.job as a where a.id = t.id limit 1) then null" in text
    assert "when (select a.kind = 'preview' from public.job as a where a.id = t.id limit 1) then null" in text
