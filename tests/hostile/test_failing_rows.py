"""Rows that the platform's own tables refuse, or make wait, while other agents work."""

from __future__ import annotations

import itertools

import pytest

from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.neighbours import UNDISTURBED_SECONDS, application_role, neighbours
from tests.support.thoroughness import THOROUGH
from tests.support.work import worker_process

TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false"}
WORDS = 4_000_000 if THOROUGH else 1_000_000  # of five characters, in a large text
# A right is missing, a lock is not to be had, a row is refused, an internal error, a stale plan, a failed transaction,
# a connection that is ended.
SQLSTATES = ("42501", "55P03", "23514", "XX000", "0A000", "25P02", "57P01")
WAITING_OF = "select count(*) from auto_post_outbox where agent_id = %s and summary is null and finished_at is null"
OF_BAD_AGENTS = "select count(*) from auto_post_outbox where agent_id like 'bad%%' and state = '{}'"


def bad_agents(host: Host, count: int) -> list[str]:
    """Add agents whose posts will fail, to those that there are."""
    first = host.value("select count(*) from agents where id like 'bad%%'")
    return [host.agent(f"bad{first + number}") for number in range(count)]


def refuse_bad_agents(host: Host, verdict: str, table: str = "social_posts", agent: str = "author_id") -> None:
    """Give a table of the platform a trigger of its own."""
    host.execute(
        "create function refuse() returns trigger language plpgsql as "
        f"$$ begin if new.{agent} like 'bad%' then {verdict}; end if; return new; end $$"
    )
    host.execute(f"create trigger refuse before insert on {table} for each row execute function refuse()")


@pytest.mark.long
def test_agent_whose_row_is_locked_delays_nobody(host: Host, database: str, processes: Crew) -> None:
    """A foreign key to agents, and a transaction of the platform that keeps two of them locked."""
    host.execute("alter table social_posts add foreign key (author_id) references agents (id)")
    bad, numbers = bad_agents(host, 2), itertools.count()
    with worker_process(database, processes, **TEMPLATES), neighbours(database, host) as others:
        until(host.posts)
        before = others.measured(UNDISTURBED_SECONDS)
        with open_connection(database) as platform:
            platform.execute("select from agents where id = any(%s) for update", (bad,))

            def complete() -> None:
                for agent in bad:
                    for _ in range(10):  # also later ones of the same agents
                        host.complete(f"{agent}-{next(numbers)}", agent=agent, status="failed")

            others.assert_undisturbed(before, "two agents' rows locked", complete)
            platform.rollback()
        until(lambda: host.value(OF_BAD_AGENTS.format("posted")) >= 20)
        others.stop()
        until(lambda: host.waiting() == 0)
        assert host.value("select count(*) from auto_post_outbox where state <> 'posted'") == 0


@pytest.mark.long
def test_rows_that_fail_alone_delay_nobody_and_end_dead(host: Host, database: str, processes: Crew) -> None:
    """Agents of each kind, one after another; whatever the error says, others' posts succeed meanwhile."""
    host.execute("create table verdicts (agent text primary key, sqlstate text)")
    refuse_bad_agents(
        host,
        "raise exception using errcode = (select v.sqlstate from public.verdicts as v where v.agent = new.author_id)",
    )
    twice = {"SOCIAL_POST_MAX_ATTEMPTS": "2"}
    with worker_process(database, processes, **TEMPLATES, **twice) as worker, neighbours(database, host) as others:
        until(host.posts)
        before = others.measured(UNDISTURBED_SECONDS)

        def fail() -> None:
            for agent, sqlstate in zip(bad_agents(host, 14), 2 * SQLSTATES, strict=True):
                host.execute("insert into verdicts values (%s, %s)", (agent, sqlstate))
                host.complete(f"of {agent}", agent=agent)

        others.assert_undisturbed(before, "fourteen rows that fail alone", fail)
        others.stop()
        until(lambda: host.waiting() == 0)
        assert others.all_are_posted()
        assert host.value(OF_BAD_AGENTS.format("dead")) == host.value("select count(*) from verdicts")
        assert worker.process.poll() is None
    wrong = host.rows(
        "select * from auto_post_outbox join verdicts on agent = agent_id where last_error not like '%%' || sqlstate"
    )
    assert wrong == []


@pytest.mark.long
def test_slow_trigger_of_some_agents_delays_nobody(host: Host, database: str, processes: Crew) -> None:
    """Each of their posts takes three seconds; they are posted all the same."""
    refuse_bad_agents(host, "perform pg_sleep(3)")
    with worker_process(database, processes, **TEMPLATES), neighbours(database, host) as others:
        until(host.posts)
        before = others.measured(UNDISTURBED_SECONDS)

        def complete() -> None:
            for agent in bad_agents(host, 2):
                host.complete(f"of {agent}", agent=agent)

        others.assert_undisturbed(before, "a slow trigger for two agents", complete)
        others.stop()
        until(lambda: host.value(OF_BAD_AGENTS.format("posted")) >= 2)
        until(others.all_are_posted)


@pytest.mark.long
def test_audit_log_that_keeps_no_row_stops_only_what_it_refuses(host: Host, database: str, processes: Crew) -> None:
    """Nothing is published without its audit row, and the row waits until the trigger has gone."""
    refuse_bad_agents(host, "return null", "audit_log", "agent_id")
    (bad,) = bad_agents(host, 1)
    with worker_process(database, processes, **TEMPLATES), neighbours(database, host) as others:
        until(host.posts)
        before = others.measured(UNDISTURBED_SECONDS)
        host.complete("refused", agent=bad)
        until(lambda: host.value("select last_error from auto_post_outbox where tracker_id = 'refused'"))
        due = "update auto_post_outbox set available_at = now() where tracker_id = 'refused' and state = 'pending'"
        others.assert_undisturbed(before, "an audit log that keeps no row of an agent", lambda: host.execute(due))
        others.stop()
        until(others.all_are_posted)
        row = host.rows("select state, attempts, last_error from auto_post_outbox where tracker_id = 'refused'")[0]
        assert tuple(row.values()) == ("pending", 0, "AuditRefused")
        host.execute("drop trigger refuse on audit_log")
        host.execute(due)
        until(lambda: host.waiting() == 0)
    assert host.value("select count(*) from audit_log") == host.value("select count(*) from social_posts")


@pytest.mark.heavy
def test_rows_of_many_megabytes_leave_a_small_worker_alive_and_others_on_time(
    database: str, host: Host, processes: Crew
) -> None:
    """Twenty rows of 20 MB (every day 5), one of 200 MB, and an agent with such a name; a worker may have 512 MB."""
    with (
        worker_process(database, processes, **TEMPLATES) as worker,
        neighbours(database, host) as others,
        application_role(host, database) as dsn,
        open_connection(dsn, autocommit=True) as application,
    ):
        before = others.measured(UNDISTURBED_SECONDS)
        agents = (f"huge{number}" for number in itertools.count())

        def insert() -> None:
            agent = host.agent(next(agents))
            host.execute("update agents set name = repeat('x', 20000000) where id = %s", (agent,))
            application.execute(
                "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
                "select %s || '-' || n, 'tenant', %s, 'workflow_execute', 'failed', "
                "repeat('word ', case n when 0 then 40000000 else %s end) from generate_series(0, 20) as n",
                (agent, agent, WORDS),
            )

        others.assert_undisturbed(before, "rows of many megabytes", insert, seconds=UNDISTURBED_SECONDS)
        others.stop()
        until(lambda: host.value(WAITING_OF, ("huge0",)) == 0)
        assert worker.process.poll() is None
        until(others.all_are_posted)
    states = host.rows("select state from auto_post_outbox where agent_id = 'huge0' and summary is null order by state")
    assert [row["state"] for row in states] == ["posted"] * 20 + ["skipped"]  # the 21st is one too many of a storm
