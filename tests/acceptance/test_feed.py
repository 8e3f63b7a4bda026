"""From a completed operation to a published post: the behaviours of the contract, on a real database."""

from __future__ import annotations

import asyncio
import time

import pytest
from psycopg import errors

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, open_connection
from tests.support.work import eventually, work_off, working

EMAIL = "bob" + "@" + "example.com"


async def test_completion_makes_a_post(host: Host, settings: Settings, redactor: Redactor) -> None:
    """The post is the agent's own, generated, of type status."""
    host.agent()
    host.complete()
    await work_off(host, settings, redactor)
    (post,) = host.posts()
    (row,) = host.outbox()
    assert post["content"] == "Just finished workflow_execute! Sorted the inbox #automation"
    expected = ("ada", "agent", "tenant", "status", True)
    assert (
        post["author_id"],
        post["author_type"],
        post["tenant_id"],
        post["post_type"],
        post["auto_generated"],
    ) == expected
    assert (row["state"], row["post_id"]) == ("posted", post["id"])


async def test_running_worker_posts_what_comes(host: Host, settings: Settings, redactor: Redactor) -> None:
    """An idle worker is woken by the commit."""
    host.agent()
    async with working(settings, redactor):
        await asyncio.sleep(0)
        for number in range(3):
            host.age_posts("1 hour")
            host.complete(f"op{number}")
            await eventually(lambda: host.waiting() == 0)
            assert len(host.posts()) == number + 1


async def test_post_survives_the_tracker_row(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Nothing depends on the tracker row still being there."""
    host.agent()
    host.complete()
    host.execute("delete from operation_trackers")
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 1


async def test_every_outcome_has_exactly_one_complete_audit_row(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Posted or not, the audit log says what, why, by whom, at what cost and how long it took."""
    host.agent()
    host.agent("kid", maturity="student")
    host.complete("posted", what=f"Wrote to {EMAIL}")
    host.complete("limited")
    host.complete("blocked", agent="kid")
    host.complete("unknown", agent="nobody")
    host.complete("silent", agent="ada", what=" \t ")
    host.execute("update auto_post_outbox set is_alert = true where tracker_id = 'silent'")
    await work_off(host, settings, redactor)
    audit = {row["tracker_id"]: row for row in host.audit()}
    assert len(audit) == len(host.audit()) == 5
    assert {id_: row["details"]["reason"] for id_, row in audit.items()} == {
        "posted": None,
        "limited": "rate_limited",
        "blocked": "maturity_blocked",
        "unknown": "agent_unknown",
        "silent": "missing_explanation",
    }
    row = audit["posted"]
    (post,) = host.posts()
    assert (row["agent_id"], row["operation_type"], row["status"]) == ("ada", "workflow_execute", "completed")
    assert (row["action"], row["post_id"]) == ("auto_post.posted", post["id"])
    details = row["details"]
    assert details["generator"] == "template"
    assert details["model"] is None
    assert (details["prompt_tokens"], details["completion_tokens"], details["cost_usd"]) == (0, 0, 0)
    assert details["redactions"] == {"EMAIL_ADDRESS": 1}
    assert details["attempts"] == 1
    assert details["worker"] == settings.worker_name
    assert 0 <= details["duration_ms"] < 20_000
    assert details["outbox_id"] == str(host.value("select id from auto_post_outbox where tracker_id = 'posted'"))


@pytest.mark.parametrize("maturity", ["STUDENT", "student", "Student", None, "", "INTRUDER"])
async def test_agent_below_intern_posts_nothing(
    host: Host, settings: Settings, redactor: Redactor, maturity: str | None
) -> None:
    """Not even an alert."""
    host.agent(maturity=maturity)
    host.complete(status="failed")
    await work_off(host, settings, redactor)
    assert host.posts() == []
    assert [row["reason"] for row in host.outbox()] == ["maturity_blocked"]


@pytest.mark.parametrize("maturity", ["INTERN", "Supervised", "autonomous"])
async def test_agent_from_intern_on_posts(host: Host, settings: Settings, redactor: Redactor, maturity: str) -> None:
    """Letter case does not matter."""
    host.agent(maturity=maturity)
    host.complete()
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 1


@pytest.mark.parametrize("agent", ["nobody", None])
async def test_unknown_agent_posts_nothing(
    host: Host, settings: Settings, redactor: Redactor, agent: str | None
) -> None:
    """It fails closed."""
    host.complete(agent=agent)
    await work_off(host, settings, redactor)
    assert host.posts() == []
    assert [row["reason"] for row in host.outbox()] == ["agent_unknown"]


async def test_agent_deleted_after_completion_is_an_audited_skip(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Nothing else stops."""
    host.agent()
    host.agent("bea")
    host.complete("gone")
    host.complete("stays", agent="bea")
    host.execute("delete from agents where id = 'ada'")
    await work_off(host, settings, redactor)
    assert [post["author_id"] for post in host.posts()] == ["bea"]
    assert {row["tracker_id"]: row["details"]["outcome"] for row in host.audit()} == {
        "gone": "skipped",
        "stays": "posted",
    }


async def test_one_post_per_agent_per_window(host: Host, settings: Settings, redactor: Redactor) -> None:
    """The later ones are skipped, and the audit says so; other agents are not concerned."""
    host.agent()
    host.agent("bea")
    for number in range(4):
        host.complete(f"ada{number}")
    host.complete("bea0", agent="bea")
    await work_off(host, settings, redactor)
    assert sorted(post["author_id"] for post in host.posts()) == ["ada", "bea"]
    assert [row["reason"] for row in host.outbox()] == [None, *["rate_limited"] * 3, None]


async def test_window_ends(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Exactly at its end posting is allowed again; a second before it is not."""
    host.agent()
    host.complete("first")
    await work_off(host, settings, redactor)
    host.age_posts("4 minutes 55 seconds")
    host.complete("early")
    await work_off(host, settings, redactor)
    host.age_posts("5 seconds")
    host.complete("late")
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted", "skipped", "posted"]


async def test_window_survives_a_restart_of_the_worker(host: Host, settings: Settings, redactor: Redactor) -> None:
    """It is a column, not a memory."""
    host.agent()
    for name in ("first", "second"):
        host.complete(name)
        await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted", "skipped"]


async def test_window_is_a_setting(host: Host, settings: Settings, redactor: Redactor) -> None:
    """SOCIAL_POST_RATE_LIMIT_MINUTES counts."""
    wide = settings.model_copy(update={"rate_limit_minutes": 60.0})
    host.agent()
    host.complete("first")
    await work_off(host, wide, redactor)
    host.age_posts("59 minutes")
    host.complete("second")
    await work_off(host, wide, redactor)
    host.age_posts("1 minute")
    host.complete("third")
    await work_off(host, wide, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted", "skipped", "posted"]


@pytest.mark.parametrize(
    ("operation_type", "status"),
    [
        ("workflow_execute", "failed"),
        ("security_scan", "completed"),
        ("security_scan", "failed"),
        ("approval_requested", "waiting"),
    ],
)
async def test_alert_bypasses_the_window_and_moves_it(
    host: Host, settings: Settings, redactor: Redactor, operation_type: str, status: str
) -> None:
    """The alert is posted at once, as an alert, and the next status has to wait for it."""
    host.agent()
    host.complete("first")
    await work_off(host, settings, redactor)
    host.age_posts("4 minutes")
    host.start("alert", operation_type, status=status)
    await work_off(host, settings, redactor)
    host.age_posts("2 minutes")
    host.complete("after")
    await work_off(host, settings, redactor)
    assert [post["post_type"] for post in host.posts()] == ["status", "alert"]
    assert [row["reason"] for row in host.outbox()] == [None, None, "rate_limited"]


async def test_alert_does_not_overtake_the_agents_status(
    host: Host, settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would move the window, and the status that came first would be skipped."""
    redact = redactor.redact

    def slowly(text: str) -> object:
        time.sleep(0.5 if "inbox" in text else 0)
        return redact(text)

    monkeypatch.setattr(redactor, "redact", slowly)
    host.agent()
    async with working(settings, redactor):
        host.complete("status", what="Sorted the inbox")
        await eventually(lambda: host.value("select count(*) from auto_post_outbox where state = 'claimed'") == 1)
        host.complete("alert", "security_scan", what="Found an open door")
        await eventually(lambda: host.waiting() == 0)
    assert [post["post_type"] for post in host.posts()] == ["status", "alert"]


async def test_skip_does_not_move_the_window(host: Host, settings: Settings, redactor: Redactor) -> None:
    """What was not published costs nobody a post."""
    host.agent()
    host.complete("silent", what=None)
    await work_off(host, settings, redactor)
    assert host.rows("select * from auto_post_rate_limits") == []
    host.complete("spoken")
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["skipped", "posted"]


@pytest.mark.parametrize("what", [None, "", "   ", "\n\t", "\u200b\u00a0"])
async def test_missing_explanation_is_skipped(
    host: Host, settings: Settings, redactor: Redactor, what: str | None
) -> None:
    """NULL or blank, also when it only looks blank."""
    host.agent()
    host.complete(what=what)
    await work_off(host, settings, redactor)
    assert [row["reason"] for row in host.outbox()] == ["missing_explanation"]


async def test_post_holds_no_personal_data_and_no_unfilled_placeholder(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Post quality: 280 characters, everything filled in, nothing raw."""
    planted = [EMAIL, "4111" + "1111" + "1111" + "1111", "+1 415 555 " + "0132", "sk-proj-" + "aB3dE6gH9jK2mN5p" * 3]
    for number, secret in enumerate(planted):
        agent = host.agent(f"agent{number}")
        host.complete(f"op{number}", agent=agent, what=f"Told {secret} about {{it}} at 100% " + "and more " * 60)
    await work_off(host, settings, redactor)
    posts = [post["content"] for post in host.posts()]
    assert len(posts) == len(planted)
    for content in posts:
        assert len(content) <= 280
        assert content.endswith("…")
        assert "<" in content
        assert "{it} at 100%" in content
        assert not any(name in content for name in ("{operation_type}", "{what_explanation}", "{agent_name}", "None"))
        assert not any(secret in content for secret in planted)


async def test_audit_and_metadata_hold_no_text_of_the_operation(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Neither raw nor redacted."""
    host.agent()
    host.complete(what=f"Wrote to {EMAIL} about the zebra")
    await work_off(host, settings, redactor)
    (audit,) = host.audit()
    (post,) = host.posts()
    assert "zebra" in post["content"]
    for shown in (str(audit), str(post["post_metadata"])):
        assert EMAIL not in shown
        assert "zebra" not in shown


async def test_allowed_address_stays(host: Host, settings: Settings) -> None:
    """SOCIAL_POST_PII_ALLOWLIST, exact and without regard to case."""
    host.agent()
    host.complete(what="Asked Support@Acme.com and support@acme.com.evil.io")
    await work_off(host, settings, Redactor(("support@acme.com",)))
    (post,) = host.posts()
    assert "Asked Support@Acme.com and <EMAIL_ADDRESS>" in post["content"]


async def test_hostile_texts_each_have_their_outcome(host: Host, settings: Settings, redactor: Redactor) -> None:
    """A megabyte, control characters, NULLs and every script end as posts of at most 280 characters."""
    texts = [
        "x" * 1_000_000,
        "word " * 200_000,
        "\x01\x02\x1b[31m red",
        "🏳️‍🌈👩‍👩‍👧‍👦" * 300,
        "é" * 500,
        "\u202eright to left",
        "%s %d {0} {what_explanation} $1",
        "'; drop table social_posts; --",
        "\ud7ff\ue000\ufffd",
    ]
    for number, text in enumerate(texts):
        agent = host.agent(f"agent{number}", name=None)
        host.complete(f"op{number}", agent=agent, what=text, why=None, next_steps=None)
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted"] * len(texts)
    for post in host.posts():
        assert 0 < len(post["content"]) <= 280
        assert "\x1b" not in post["content"]


async def test_word_that_the_snapshot_cut_is_dropped(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Half an address is not recognised as one, so the half goes."""
    host.agent()
    host.complete(what="a " * 1_993 + "mail bob.example" + "@example.com")
    assert host.value("select right(what_explanation, 11) from auto_post_outbox") != ""
    await work_off(host, settings, redactor)
    (post,) = host.posts()
    assert "bob" not in post["content"]


async def test_paused_worker_claims_nothing_until_resumed(host: Host, settings: Settings, redactor: Redactor) -> None:
    """The switch counts at once, both ways."""
    host.agent()
    host.execute("update auto_post_control set paused = true")
    async with working(settings, redactor):
        host.complete()
        await asyncio.sleep(0.3)
        assert host.waiting() == 1
        host.execute("update auto_post_control set paused = false")
        await eventually(lambda: host.waiting() == 0)


async def test_agent_commits_while_no_worker_runs(host: Host, settings: Settings, redactor: Redactor) -> None:
    """The outbox waits as long as it must."""
    host.agent()
    host.complete()
    assert host.value("select status from operation_trackers") == "completed"
    assert host.waiting() == 1
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 1


async def test_row_that_the_feed_refuses_does_not_take_its_neighbours_along(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The group is split until the row at fault is alone; it ends dead, audited, with the kind of error."""
    host.execute("alter table social_posts add constraint no_zebra_check check (content not like '%%zebra%%')")
    for number in range(9):
        agent = host.agent(f"agent{number}")
        host.complete(f"op{number}", agent=agent, what="the zebra ran" if number == 4 else "all went well")
    await work_off(host, settings.model_copy(update={"max_attempts": 1}), redactor)
    assert len(host.posts()) == 8
    (dead,) = [row for row in host.audit() if row["details"]["outcome"] == "dead"]
    assert (dead["tracker_id"], dead["details"]["error"]) == ("op4", "CheckViolationError 23514")


async def test_missing_table_of_the_platform_costs_no_row_an_attempt(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Nobody's row is at fault: it waits until somebody mends the installation, and is then posted."""
    host.agent()
    given_back = ("pending", "UndefinedTableError 42P01")
    impatient = settings.model_copy(update={"lease_seconds": 1.0, "max_attempts": 1})
    async with working(impatient, redactor):
        host.execute("alter table social_posts rename to gone")
        host.complete()
        await eventually(lambda: (host.outbox()[0]["state"], host.outbox()[0]["last_error"]) == given_back)
        assert host.outbox()[0]["attempts"] == 0
        assert host.audit() == []
        host.execute("alter table gone rename to social_posts")
        host.execute("update auto_post_outbox set available_at = now()")
        await eventually(lambda: host.waiting() == 0)
    assert [row["state"] for row in host.outbox()] == ["posted"]


async def test_broken_redactor_posts_nothing(
    host: Host, settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails closed: tried again, then dead, never raw on the feed."""

    def explode(text: str) -> None:
        raise ValueError(text)

    monkeypatch.setattr(redactor, "redact", explode)
    host.agent()
    host.complete(what=f"Wrote to {EMAIL}")
    async with working(settings.model_copy(update={"max_attempts": 2}), redactor):
        await eventually(lambda: host.outbox()[0]["attempts"] == 1 and host.outbox()[0]["state"] == "pending")
        host.execute("update auto_post_outbox set available_at = now()")
        await eventually(lambda: host.waiting() == 0)
    assert host.posts() == []
    (row,) = host.outbox()
    assert row["state"] == "dead"
    assert EMAIL not in str(host.audit()) + str(row["last_error"])
    assert [entry["details"]["outcome"] for entry in host.audit()] == ["dead"]


async def test_expired_lease_is_rescued_once(host: Host, settings: Settings, redactor: Redactor) -> None:
    """A row of a worker that died is claimed again under a new epoch, and posted once."""
    host.agent()
    host.complete()
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'ghost', epoch = 7, attempts = 1, "
        "available_at = now() - interval '1 second'"
    )
    await work_off(host, settings, redactor)
    (row,) = host.outbox()
    assert (row["state"], row["epoch"], row["attempts"]) == ("posted", 8, 1), "a crash counts for a row that was alone"
    assert len(host.posts()) == 1


async def test_row_under_a_running_lease_is_left_alone(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Somebody works on it."""
    host.agent()
    host.complete()
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'other', epoch = 1, "
        "available_at = now() + interval '1 hour'"
    )
    async with working(settings, redactor):
        await asyncio.sleep(0.3)
    assert [row["worker"] for row in host.outbox()] == ["other"]


async def test_row_that_kills_its_worker_each_time_ends_dead(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """A crash counts as an attempt."""
    host.agent()
    host.complete()
    host.execute("update auto_post_outbox set attempts = %s", (settings.max_attempts,))
    await work_off(host, settings, redactor)
    (row,) = host.outbox()
    assert (row["state"], row["last_error"]) == ("dead", "worker_crashed")
    assert [entry["details"]["error"] for entry in host.audit()] == ["worker_crashed"]


def test_outbox_refuses_half_outcomes(host: Host) -> None:
    """A posted row without a post, a skip without a reason, a death without an error: none can be written."""
    host.complete()
    for change in ("state = 'posted'", "state = 'skipped'", "state = 'dead'", "state = 'claimed'", "state = 'odd'"):
        with pytest.raises(errors.CheckViolation):
            host.execute(f"update auto_post_outbox set {change}")


async def test_worker_goes_on_after_its_connections_are_cut(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """All backends of the worker are terminated while it sleeps; the next completion is posted."""
    host.agent()
    async with working(settings, redactor):
        host.complete("before")
        await eventually(lambda: len(host.posts()) == 1)
        with open_connection(database, autocommit=True) as killer:
            killer.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name like 'autopost%%' and datname = current_database()"
            )
        host.age_posts("1 hour")
        host.complete("after")
        await eventually(lambda: len(host.posts()) == 2)
