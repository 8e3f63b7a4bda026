"""Storms of alerts on a real database: exact limits, one summary a window, and every outcome audited once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Generator, Outcome, Outdated, Posted, Reason, Skipped, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from autopost.worker.alert_storm import AlertLimit
from autopost.worker.publication import Publication
from tests.support.host import SCHEMAS, WAITING_FOR_A_LOCK, Host, Row, open_connection
from tests.support.work import eventually, work_off, working

EMAIL = "bob" + "@" + "example.com"
BURST = 20
WINDOW = timedelta(minutes=5)
COUNT_ONE_MORE = (
    "select auto_post_count_alerts(jsonb_build_array(jsonb_build_object('agent_id', w.agent_id, "
    "'operation_type', w.operation_type, 'began_at', w.began_at, 'suppressed', 1, 'first', %(first)s::uuid)), now()) "
    "from auto_post_alert_windows as w"
)
VIOLATIONS = (
    "select o.id from auto_post_outbox as o left join audit_log as l on l.details ->> 'outbox_id' = o.id::text "
    "where o.finished_at is not null group by o.id having count(l.id) <> 1"
)


def fail(host: Host, count: int, *, type_: str = "workflow_execute", agent: str = "ada", name: str = "op") -> None:
    """Insert failed operations of an agent, all in one statement."""
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "select %s || n, 'tenant', %s, %s, 'failed', 'Could not reach ' || %s from generate_series(1, %s) as n",
        (name, agent, type_, EMAIL, count),
    )


def end_windows(host: Host) -> None:
    """Let every window end now, and its summary be due: the database's clock, faster than waiting."""
    host.execute("update auto_post_alert_windows set ends_at = now() where ends_at > now()")
    host.execute("update auto_post_outbox set available_at = now() where summary is not null and state = 'pending'")


def decided(host: Host) -> bool:
    """Return whether every operation has its outcome; a summary may wait for the end of its window."""
    return not host.value("select count(*) from auto_post_outbox where finished_at is null and summary is null")


def ends(host: Host) -> Counter[str]:
    """Return how many rows ended how; summaries are counted apart."""
    assert host.rows(VIOLATIONS) == [], "each outcome has exactly one audit row"
    return Counter(("summary " if row["summary"] else "") + (row["reason"] or row["state"]) for row in host.outbox())


def summaries(host: Host) -> list[Row]:
    """Return the summaries, the oldest first."""
    return [row for row in host.outbox() if row["summary"] is not None]


async def test_twenty_alerts_are_posted_and_the_rest_summed_up(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The summary comes at the window's end: an alert of the agent, redacted, audited, with its numbers."""
    host.agent()
    fail(host, BURST + 5)
    async with working(settings, redactor):
        await eventually(lambda: decided(host))
        assert ends(host) == {"posted": BURST, "alert_storm": 5, "summary pending": 1}
        (waiting,) = summaries(host)
        window = host.rows("select * from auto_post_alert_windows")[0]
        assert window["ends_at"] - window["began_at"] == WINDOW
        assert waiting["available_at"] == window["ends_at"]
        host.execute("select auto_post_correct_clock()")
        assert summaries(host)[0]["available_at"] == window["ends_at"], "it waits by right, and not by a clock set back"
        assert host.value("select oldest_waiting_seconds from auto_post_health") is None
        assert (window["posted"], window["suppressed"], window["summary_id"]) == (BURST, 5, waiting["id"])
        end_windows(host)
        await eventually(lambda: host.waiting() == 0)
        assert ends(host) == {"posted": BURST, "alert_storm": 5, "summary posted": 1}
        fail(host, 1, name="next")
        await eventually(lambda: host.waiting() == 0)
    assert ends(host) == {"posted": BURST + 1, "alert_storm": 5, "summary posted": 1}
    (post,) = [post for post in host.posts() if "alert_storm" in post["post_metadata"]]
    assert post["content"] == (
        "⚠️ Ada: and 5 more alerts like this in 1 minute (workflow_execute). The first: Could not reach <EMAIL_ADDRESS>"
    )
    assert (post["author_id"], post["tenant_id"], post["post_type"]) == ("ada", "tenant", "alert")
    assert post["post_metadata"]["operation_type"] == "workflow_execute"
    facts = post["post_metadata"]["alert_storm"]
    assert facts["count"] == 5
    assert facts["first_at"] <= facts["last_at"]
    (audit,) = [row for row in host.audit() if "alert_storm" in row["details"]]
    assert (audit["action"], audit["post_id"], audit["details"]["alert_storm"]) == (
        "auto_post.posted",
        post["id"],
        facts,
    )


async def test_approval_requests_are_all_posted(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Each asks a person to act."""
    host.agent()
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "select 'op' || n, 'tenant', 'ada', 'approval_requested', 'waiting', 'May I?' from generate_series(1, 30) as n"
    )
    await work_off(host, settings, redactor)
    assert ends(host) == {"posted": 30}
    assert host.rows("select from auto_post_alert_windows") == []


async def test_limit_is_exact_with_several_workers(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Small groups, decided at once by workers that do not know of each other."""
    host.agent()
    host.agent("bob")
    small = settings.model_copy(update={"batch_size": 7})
    async with working(small, redactor), working(small, redactor), working(small, redactor):
        for round_ in range(3):
            for agent in ("ada", "bob"):
                fail(host, 60, agent=agent, name=f"{agent}{round_}-")
        fail(host, 25, type_="report_generate", name="report")
        await eventually(lambda: decided(host))
    assert ends(host) == {"posted": 3 * BURST, "alert_storm": 2 * 160 + 5, "summary pending": 3}
    windows = host.rows("select posted, suppressed from auto_post_alert_windows order by suppressed")
    assert [(row["posted"], row["suppressed"]) for row in windows] == [(BURST, 5), (BURST, 160), (BURST, 160)]


async def test_operator_can_switch_the_limit_off(host: Host, settings: Settings, redactor: Redactor) -> None:
    """SOCIAL_POST_ALERT_BURST=0."""
    host.agent()
    fail(host, 30)
    await work_off(host, settings.model_copy(update={"alert_burst": 0}), redactor)
    assert ends(host) == {"posted": 30}


async def test_summary_of_an_agent_that_may_no_longer_post_is_skipped(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Governance looks at the moment of publishing."""
    host.agent()
    fail(host, BURST + 1)
    async with working(settings, redactor):
        await eventually(lambda: decided(host))
        host.agent(maturity="STUDENT")
        end_windows(host)
        await eventually(lambda: host.waiting() == 0)
    assert ends(host) == {"posted": BURST, "alert_storm": 1, "summary maturity_blocked": 1}


async def test_what_no_longer_holds_when_it_is_published_goes_back(host: Host, settings: Settings) -> None:
    """A skip decided before the window ended, and a summary that misses an alert: neither is published nor audited."""
    text = Written("text", Generator.TEMPLATE)
    host.agent()
    fail(host, 4)
    pool = await create_pool(settings, "test", size=2)
    try:
        outbox = Outbox(pool, SCHEMAS, "one")
        publication = Publication(pool, SCHEMAS, "one", alert_limit=AlertLimit(1, WINDOW))

        async def publish(*proposals: Posted | Skipped) -> list[str]:
            published = await publication.publish(
                proposals, lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
            )
            back = [outcome.claim for outcome in published.outcomes if isinstance(outcome, Outdated)]
            assert await outbox.release(back) == len(back)
            return [type(outcome).__name__ for outcome in published.outcomes]

        first, second, third, _ = await outbox.claim(4, WINDOW)
        assert await publish(Skipped(first, Reason.ALERT_STORM)) == ["Outdated"]
        assert await publish(Posted(second, text), Posted(third, text)) == ["Posted", "Skipped"]
        end_windows(host)
        (summary,) = [claim for claim in await outbox.claim(5, WINDOW) if claim.operation.summary is not None]
        host.execute("update auto_post_alert_windows set suppressed = 2")
        assert await publish(Posted(summary, text)) == ["Outdated"]
        (again,) = await outbox.claim(5, WINDOW)
        assert (again.id, again.attempts) == (summary.id, 1)
        assert again.operation.summary is not None
        assert again.operation.summary.count == 2
        assert await publish(Posted(again, text)) == ["Posted"]
    finally:
        await pool.close()
    assert host.rows(VIOLATIONS) == []


async def test_alert_suppressed_late_is_in_the_summary_or_decided_again(
    host: Host, database: str, settings: Settings
) -> None:
    """Its transaction began before the window's end, and commits while the summary is published, or after it was."""
    text = Written("text", Generator.TEMPLATE)
    host.agent()
    fail(host, 3)
    pool = await create_pool(settings, "test", size=2)
    try:
        outbox = Outbox(pool, SCHEMAS, "one")
        publication = Publication(pool, SCHEMAS, "one", alert_limit=AlertLimit(1, WINDOW))

        async def publish(*proposals: Posted) -> list[Outcome]:
            published = await publication.publish(
                proposals, lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
            )
            return published.outcomes

        first, second, third = await outbox.claim(3, WINDOW)
        await publish(Posted(first, text), Posted(second, text))
        end_windows(host)
        (summary,) = await outbox.claim(3, WINDOW)
        with open_connection(database) as late:
            late.execute(COUNT_ONE_MORE, {"first": third.id})
            publishing = asyncio.create_task(publish(Posted(summary, text)))
            await eventually(lambda: host.value(WAITING_FOR_A_LOCK))
            late.commit()
            assert await publishing == [Outdated(summary)]
            await outbox.release([summary])
            (again,) = await outbox.claim(3, WINDOW)
            assert again.operation.summary is not None
            assert again.operation.summary.count == 2
            assert [type(outcome) for outcome in await publish(Posted(again, text))] == [Posted]
            with pytest.raises(psycopg.errors.SerializationFailure):
                late.execute(COUNT_ONE_MORE, {"first": third.id})
    finally:
        await pool.close()
