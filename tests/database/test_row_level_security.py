"""Row-level security on the platform's tables: captured all the same, and posted once it is set up as advised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from autopost.database.connection import create_pool
from autopost.database.migrate import migrate
from autopost.model import Claim
from autopost.outbox.outbox import Outbox
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.host import SCHEMAS, Host, Row, open_connection
from tests.support.roles import Platform, dsn_of, platform
from tests.support.work import work_off

HOST_TABLES = ("agents", "operation_trackers", "social_posts", "audit_log")


@pytest.fixture
def secured(empty_database: str) -> Iterator[Platform]:
    """Return a platform that forces row-level security on its owner too, with policies for its application alone."""
    with platform(empty_database) as installed:
        secure(installed.host, installed.application)
        yield installed


def secure(host: Host, application: str) -> None:
    """Force row-level security on all four tables; the application's rows are those of its tenant."""
    for table in HOST_TABLES:
        host.execute(f"alter table {table} enable row level security, force row level security")
        host.execute(
            f"create policy tenant on {table} to {application} using (true)"
            if table == "audit_log"
            else f"create policy tenant on {table} to {application} "
            "using (tenant_id = current_setting('platform.tenant', true))"
        )


def settings_of(installed: Platform, role: str) -> Settings:
    """Return a worker's settings."""
    return load_settings(database_url=installed.dsn_for(role), llm_enabled=False, poll_seconds=0.2)


def check(host: Host) -> list[Row]:
    """Return what the check says of row-level security."""
    return host.rows("select * from auto_post_check() where subject = 'row security'")


def troubles(host: Host) -> list[Row]:
    """Return what the check says of row-level security, but for what is well."""
    rows = check(host)
    assert {row["finding"].split(":")[0] for row in rows} >= {f"public.{table}" for table in HOST_TABLES}
    return [row for row in rows if row["level"] != "ok"]


def follow_the_advice(host: Host) -> None:
    """Run what the check advises, as it stands, and see that nothing is left to advise."""
    for row in troubles(host):
        host.execute(row["advice"])
    assert troubles(host) == []


def complete(installed: Platform, id_: str = "op") -> None:
    """Complete an operation as the application, in its tenant."""
    with installed.as_(installed.application) as application:
        application.execute("set platform.tenant = 'tenant'")
        application.agent()
        application.complete(id_)


def test_check_names_each_table_before_anything_is_lost(secured: Platform) -> None:
    """With what comes of it, before the first operation."""
    rows = troubles(secured.host)
    assert {row["level"] for row in rows} == {"problem"}
    for finding in (
        f"public.operation_trackers: no policy lets {secured.owner} select: what the trigger misses is never found",
        f"public.agents: no policy lets {secured.worker} select: every agent is unknown and nothing is posted",
        f"public.social_posts: no policy lets {secured.worker} insert: posts are refused",
        f"public.audit_log: no policy lets {secured.worker} insert: outcomes are refused, rows tried again for ever",
    ):
        assert finding in [row["finding"] for row in rows]
    assert len(rows) == 4
    follow_the_advice(secured.host)


def test_application_without_any_right_of_ours_is_captured(secured: Platform) -> None:
    """Whatever the policies say: the trigger reads no table of the platform."""
    complete(secured)
    assert [row["tracker_id"] for row in secured.host.outbox()] == ["op"]


async def test_worker_posts_once_it_is_set_up_as_advised(secured: Platform, redactor: Redactor) -> None:
    """And before that no agent is known to it, which is why the check insists."""
    host, settings = secured.host, settings_of(secured, secured.worker)
    (audit_policy,) = [row["advice"] for row in troubles(host) if "audit_log" in row["advice"]]
    host.execute(audit_policy)
    complete(secured, "before")
    await work_off(host, settings, redactor)
    assert [row["reason"] for row in host.outbox()] == ["agent_unknown"]
    follow_the_advice(host)
    complete(secured, "after")
    await work_off(host, settings, redactor)
    assert [(row["tracker_id"], row["state"]) for row in host.outbox()] == [("before", "skipped"), ("after", "posted")]
    assert len(host.posts()) == 1


def test_reconciler_sees_operations_once_it_is_set_up_as_advised(secured: Platform) -> None:
    """Before that it finds nothing, without an error."""
    host = secured.host
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    complete(secured)
    with secured.as_(secured.worker) as worker:
        assert worker.value("select auto_post_reconcile()") == 0
        follow_the_advice(host)
        worker.value("select auto_post_reconcile()")
    assert [row["tracker_id"] for row in host.outbox()] == ["op"]


def test_owner_is_free_of_what_is_not_forced(secured: Platform) -> None:
    """Row-level security that is enabled, and not forced, does not concern the reconciler, but the worker."""
    for table in HOST_TABLES:
        secured.host.execute(f"alter table {table} no force row level security")
    assert len(troubles(secured.host)) == 3
    assert secured.worker in str(troubles(secured.host))
    assert secured.owner not in str(troubles(secured.host))


@pytest.mark.parametrize("exempt", ["bypassrls", "superuser"])
def test_role_that_is_exempt_is_no_trouble(secured: Platform, exempt: str) -> None:
    """Policies do not concern it."""
    for role in (secured.worker, secured.owner):
        secured.host.execute(f"alter role {role} {exempt}")
    assert "public.agents" not in str(troubles(secured.host))
    assert "public.operation_trackers" not in str(troubles(secured.host))


def test_condition_for_everybody_is_a_problem(secured: Platform) -> None:
    """A policy of tenants knows nothing of the worker, which sets no tenant."""
    host = secured.host
    follow_the_advice(host)
    host.execute("drop policy autopost_select on agents")
    host.execute("create policy tenants on agents using (tenant_id = current_setting('platform.tenant', true))")
    (row,) = troubles(host)
    assert row["level"] == "problem"
    assert f"{secured.worker} may select what the condition of tenants lets pass" in row["finding"]
    with secured.as_(secured.worker) as worker:
        host.execute("insert into agents (id, tenant_id) values ('ada', 'tenant')")
        assert worker.value("select count(*) from agents") == 0
        follow_the_advice(host)
        assert worker.value("select count(*) from agents") == 1


def test_condition_that_was_written_for_the_worker_is_a_warning(secured: Platform) -> None:
    """Somebody meant it: the worker serves some tenants."""
    host = secured.host
    follow_the_advice(host)
    host.execute("alter policy autopost_select on agents using (tenant_id in ('a', 'b'))")
    (row,) = troubles(host)
    assert (row["level"], "autopost_select" in row["finding"]) == ("warning", True)


def test_restrictive_policy_is_not_lifted_by_a_permissive_one(secured: Platform) -> None:
    """So something else is advised, and that helps."""
    host = secured.host
    follow_the_advice(host)
    host.execute("create policy strict on agents as restrictive using (current_setting('platform.tenant', true) <> '')")
    (row,) = troubles(host)
    assert (row["level"], row["advice"]) == ("problem", f"alter role {secured.worker} bypassrls;")
    host.execute("insert into agents (id, tenant_id) values ('ada', 'tenant')")
    with secured.as_(secured.worker) as worker:
        assert worker.value("select count(*) from agents") == 0
        follow_the_advice(host)
        assert worker.value("select count(*) from agents") == 1


def test_worker_without_the_group_is_found_by_its_connection(secured: Platform) -> None:
    """It works with rights of its own; the policy is advised for itself."""
    host = secured.host
    follow_the_advice(host)
    with open_connection(secured.dsn_for(secured.stranger), application_name="autopost worker"):
        rows = troubles(host)
        assert len(rows) == 3
        assert all(f" to {secured.stranger} " in row["advice"] for row in rows)
        follow_the_advice_for_names(host, rows)
        assert troubles(host) == []


def follow_the_advice_for_names(host: Host, rows: list[Row]) -> None:
    """Run advice under other names of policies: those that are advised are taken by the group's."""
    for row in rows:
        host.execute(row["advice"].replace("create policy autopost_", "create policy own_"))


def test_role_of_a_view_is_the_one_that_counts(empty_database: str) -> None:
    """Where a mapping made views of the platform's tables, their owner reads and writes, whoever works."""
    with platform(empty_database) as installed:
        host = installed.host
        follow_the_advice(host)
        host.execute("alter table agents rename to agent_registry")
        host.execute("alter table agent_registry enable row level security, force row level security")
        host.execute(
            f"create view agents as select * from agent_registry; alter view agents owner to {installed.owner}"
        )
        (row,) = [row for row in check(host) if row["level"] != "ok"]
        assert row["finding"].startswith(f"public.agent_registry: no policy lets {installed.owner} select")
        host.execute("insert into agent_registry (id) values ('ada')")
        host.execute("grant select on agents to auto_post_worker")
        with installed.as_(installed.worker) as worker:
            assert worker.value("select count(*) from agents") == 0
            host.execute(row["advice"])
            assert worker.value("select count(*) from agents") == 1
        host.execute("alter view agents set (security_invoker = true)")
        (row,) = [row for row in check(host) if row["level"] != "ok"]
        assert row["finding"].startswith(f"public.agent_registry: no policy lets {installed.worker} select")


def test_owner_who_is_a_member_of_the_tables_owner_is_free(empty_database: str) -> None:
    """The owner of autopost may be a role of its own; row-level security that is enabled does not hinder it."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        database = host.value("select current_database()")
        owner, autopost = f"tables_{database}", f"autopost_{database}"
        try:
            host.execute(f"create role {owner}; create role {autopost} login in role {owner}")
            host.execute(f"alter schema public owner to {owner}; grant create on database {database} to {autopost}")
            migrate(load_settings(database_url=dsn_of(empty_database, user=autopost)))
            for table in HOST_TABLES:
                host.execute(f"alter table {table} owner to {owner}; alter table {table} enable row level security")
            (trackers,) = [row for row in check(host) if "operation_trackers" in row["finding"]]
            assert trackers["level"] == "ok"
        finally:
            host.execute(f"drop owned by {owner}, {autopost} cascade; drop role {owner}, {autopost}")


async def test_text_that_a_policy_hides_is_not_read(secured: Platform) -> None:
    """The claim has what the trigger captured, until the owner may read the table."""
    host, settings = secured.host, settings_of(secured, secured.worker)
    complete(secured)
    with secured.as_(secured.application) as application:
        application.execute("set platform.tenant = 'tenant'")
        application.execute("update operation_trackers set what_explanation = 'Hidden'")
    hidden = await claimed(settings)
    assert (hidden.operation.what_explanation, hidden.read_error) == ("Sorted the inbox", None)
    follow_the_advice(host)
    host.execute("update auto_post_outbox set state = 'pending', worker = null, available_at = now()")
    assert (await claimed(settings)).operation.what_explanation == "Hidden"


async def test_owner_that_may_not_read_the_table_delays_nobody(secured: Platform) -> None:
    """Somebody took the right away."""
    host = secured.host
    complete(secured)
    host.execute(f"revoke select on operation_trackers from {secured.owner}")
    assert (await claimed(settings_of(secured, secured.worker))).read_error == "42501"


async def claimed(settings: Settings) -> Claim:
    """Claim the one row that is due, as a worker."""
    pool = await create_pool(settings, "test", size=1)
    try:
        (claim,) = await Outbox(pool, SCHEMAS, "one").claim(1, timedelta(minutes=1))
    finally:
        await pool.close()
    return claim
