"""What the platform's own tables may do to a worker: each trouble costs the row at fault, and no other."""

from __future__ import annotations

import asyncio
import threading

import pytest
from pydantic import SecretStr

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, open_connection
from tests.support.llm_server import LlmServer, says, when
from tests.support.work import eventually, work_off, working

EMAIL = "jane" + "@" + "example.com"


def many(host: Host, count: int) -> None:
    """Complete an operation of each of `count` agents; that of agent 3 is about a zebra."""
    for number in range(count):
        what = "fed the zebra" if number == 3 else "sorted the mail"
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"), what=what)


def forbid_zebras(host: Host, verdict: str) -> None:
    """Give the feed a trigger of the platform's own."""
    host.execute(
        "create function no_zebra() returns trigger language plpgsql as "
        f"$$ begin if new.content like '%zebra%' then {verdict}; end if; return new; end $$"
    )
    host.execute("create trigger no_zebra before insert on social_posts for each row execute function no_zebra()")


async def test_post_that_the_platform_swallows_is_skipped_for_that(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """A moderating trigger that returns NULL: no post, no window moved, and the audit row says why."""
    forbid_zebras(host, "return null")
    many(host, 6)
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 5
    (skipped,) = [row for row in host.outbox() if row["state"] != "posted"]
    assert (skipped["tracker_id"], skipped["state"], skipped["reason"]) == ("op3", "skipped", "refused_by_platform")
    assert host.value("select count(*) from auto_post_rate_limits where agent_id = 'agent3'") == 0
    assert len(host.audit()) == 6


async def test_post_that_fails_as_if_by_circumstance_holds_up_no_neighbour(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The platform's trigger raises a code of the class that usually passes by itself; later posts do not wait."""
    forbid_zebras(host, "raise exception 'no' using errcode = '55000'")
    many(host, 6)
    async with working(settings, redactor):
        await eventually(lambda: len(host.posts()) == 5)
        for number in range(6, 12):
            host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
        await eventually(lambda: len(host.posts()) == 11)
        await eventually(lambda: host.outbox()[3]["state"] == "pending")
    (left,) = [row for row in host.outbox() if row["state"] != "posted"]
    assert (left["tracker_id"], left["last_error"]) == ("op3", "ObjectNotInPrerequisiteStateError 55000")


async def test_locked_feed_kills_no_row(host: Host, settings: Settings, redactor: Redactor, database: str) -> None:
    """What needs no place on the feed ends; posts wait, without an attempt counted, and come when the lock goes."""
    host.agent("kid", maturity="STUDENT")
    many(host, 4)
    host.complete("blocked", agent="kid")
    impatient = settings.model_copy(update={"max_attempts": 1})
    with open_connection(database) as locker:
        locker.execute("lock table social_posts in access exclusive mode")
        async with working(impatient, redactor):
            await eventually(lambda: host.value("select count(*) from audit_log") == 1)
            await eventually(
                lambda: host.value("select count(*) from auto_post_outbox where last_error like 'Lock%'") == 4,
            )
            assert host.value("select max(attempts) from auto_post_outbox where state = 'pending'") == 0
            locker.rollback()
            await eventually(lambda: host.waiting() == 0)
    assert len(host.posts()) == 4


async def test_lease_is_renewed_while_a_generation_lasts(host: Host, settings: Settings, redactor: Redactor) -> None:
    """That of a row that is being written, and of one that waits for it; a machine that stalls may cost a try."""
    claims = "select epoch, min(available_at) as lease_until from auto_post_outbox where state = 'claimed' group by 1"
    released = threading.Event()
    with LlmServer() as llm:
        llm.will(when(released.is_set, says("done")))
        slow = settings.model_copy(
            update={
                "llm_enabled": True,
                "openai_api_key": SecretStr("test-" + "key"),
                "openai_base_url": llm.base_url,
                "llm_concurrency": 1,
                "lease_seconds": 6.0,
                "llm_timeout_seconds": 300.0,
            }
        )
        many(host, 2)
        async with working(slow, redactor):
            for _ in range(3):
                (first,) = await eventually(lambda: host.rows(claims + " having count(*) = 2"))
                while (then := host.rows(claims)) == [first]:
                    await asyncio.sleep(0.05)
                if renewed := [row["epoch"] for row in then] == [first["epoch"]]:
                    break  # the rows are still those of the first claim, and their leases end later
            released.set()
            await eventually(lambda: host.waiting() == 0)
    assert renewed


@pytest.mark.parametrize("kept", ['{"content": "x", "generator": "llm", "colour": 1}', "[]", "7", '{"generator": "x"}'])
async def test_kept_text_that_cannot_be_read_is_written_anew(
    host: Host, settings: Settings, redactor: Redactor, kept: str
) -> None:
    """Another version's, or somebody's edit: the row is no worse off than without it."""
    host.complete(agent=host.agent())
    host.execute("update auto_post_outbox set draft = %s", (kept,))
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 1


async def test_attempts_at_their_most_stop_no_claim(host: Host, settings: Settings, redactor: Redactor) -> None:
    """A counter that is full stays full."""
    many(host, 2)
    host.execute("update auto_post_outbox set attempts = 32767 where tracker_id = 'op0'")
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["dead", "posted"]


async def test_operation_type_is_shown_without_personal_data(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """It is text like any other: neither the post's metadata nor the audit row holds it raw."""
    host.agent()
    host.agent("kid", maturity="STUDENT")
    host.complete("posted", f"security check of {EMAIL}")
    host.complete("skipped", f"security check of {EMAIL}", agent="kid")
    await work_off(host, settings, redactor)
    (post,) = host.posts()
    assert {row["operation_type"] for row in host.audit()} == {"security check of <EMAIL_ADDRESS>"}
    assert EMAIL not in str(post) + str(host.audit())


async def test_database_whose_default_is_serializable_loses_nothing(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The worker's own transactions are read committed whatever the database's default says."""
    name = host.value("select current_database()")
    host.execute(f'alter database "{name}" set default_transaction_isolation = serializable')
    host.agent()
    async with working(settings, redactor):
        host.complete()
        await eventually(lambda: host.waiting() == 0)
        await asyncio.sleep(0)
    assert len(host.posts()) == 1
