"""Summaries on a schedule: one worker sends each, whatever crashes, and every kind of webhook shows it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from autopost.errors import ConfigurationError, DeliveryFailed, DeliveryRejected
from autopost.observability import metrics
from autopost.observability.queue_gauges import QueueGauges
from autopost.webhooks.mail import message_for
from autopost.webhooks.request import request_for
from autopost.webhooks.schedule import parse_schedule
from autopost.webhooks.summaries import LATE_AT_MOST, SummarySender, WriteLead
from autopost.webhooks.summary_message import SummaryMessage, summary_message
from autopost.webhooks.webhook import Mail, Webhook, WebhookKind
from autopost.webhooks.webhook_file import parse_webhooks
from tests.outbox.test_summary import big
from tests.support.host import SCHEMAS, Host
from tests.support.web.filling import fill
from tests.support.webhooks.services import SERVICES

HOURLY_NAMES = ("one", "two", "three")


class Target:
    """Takes messages, or fails with the next of `errors`; `crash` stands for a worker that dies once it has sent."""

    def __init__(self, *errors: Exception, crash: bool = False) -> None:
        self.sent: list[SummaryMessage] = []
        self._errors = list(errors)
        self._crash = crash

    async def send(self, event: SummaryMessage) -> None:
        """Take a message."""
        if self._errors:
            raise self._errors.pop(0)
        self.sent.append(event)
        if self._crash:
            raise asyncio.CancelledError


Make = Callable[..., SummarySender]


def minutes_ago(minutes: float) -> datetime:
    """Return a moment."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


@pytest.fixture
def make(pool: asyncpg.Pool[asyncpg.Record]) -> Make:
    """Return what makes senders for a webhook whose summary was due some minutes ago."""

    def sender(
        target: Target,
        holder: str = "one",
        *,
        due: datetime | None = None,
        name: str = "out",
        write_lead: WriteLead | None = None,
    ) -> SummarySender:
        at = due or minutes_ago(10)
        schedule = parse_schedule(f"{at:%H:%M} UTC")
        webhook = Webhook(name, WebhookKind.SLACK, "https://example.com", summary=schedule)
        return SummarySender(webhook, schedule, pool, SCHEMAS, target, holder, write_lead=write_lead)

    return sender


def known(host: Host, name: str = "out", days: float = 1) -> None:
    """Note that the webhook had its summary before."""
    host.execute(
        "insert into auto_post_webhook_summaries (hook, due_at, state, held_until, ended_at) "
        "values (%s, now() - %s * interval '1 day' - interval '1 hour', 'sent', now(), now())",
        (name, days),
    )


def states(host: Host) -> list[str]:
    """Return the states of the summaries, the first due first."""
    return [row["state"] for row in host.rows("select state from auto_post_webhook_summaries order by due_at")]


def expire(host: Host) -> None:
    """Let every lease be over now: the database's clock, faster than waiting."""
    host.execute("update auto_post_webhook_summaries set held_until = now()")


async def test_one_of_several_workers_sends_a_summary_once(host: Host, make: Make) -> None:
    """They look at the same moment, and again later."""
    known(host)
    target = Target()
    senders = [make(target, name) for name in HOURLY_NAMES]
    for _ in range(2):
        await asyncio.gather(*(sender.look() for sender in senders))
        expire(host)
    assert len(target.sent) == 1
    assert target.sent[0].title.startswith("Summary of ")
    assert states(host) == ["sent", "sent"]


async def test_worker_that_crashes_leaves_the_same_message_to_the_next(host: Host, make: Make) -> None:
    """With the same id, while its lease lasts by nobody; the target may have it twice, and can see that."""
    known(host)
    crashing, target = Target(crash=True), Target()
    with pytest.raises(asyncio.CancelledError):
        await make(crashing).look()
    await make(target, "two").look()
    assert target.sent == [], "the lease lasts"
    host.agent()
    expire(host)
    await make(target, "two").look()
    await make(target, "three").look()
    assert target.sent == crashing.sent
    assert states(host) == ["sent", "sent"]


async def test_target_that_fails_is_tried_again_and_one_that_refuses_is_not(
    host: Host, make: Make, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """A retry waits, and counts as a failure meanwhile; a refusal is final, and is noted."""

    async def failing_seconds() -> float | None:
        async with contextlib.aclosing(QueueGauges(pool, SCHEMAS)) as gauges:
            await gauges.refresh()
        return metrics.REGISTRY.get_sample_value("autopost_webhook_failing_seconds", {"webhook": "out"})

    host.execute("insert into auto_post_consumers (name) values ('webhook:out')")
    known(host)
    known(host, "other")
    target = Target(DeliveryFailed("HTTP 503"))
    sender = make(target)
    await sender.look()
    row = host.rows("select * from auto_post_webhook_summaries where hook = 'out' and state = 'sending'")[0]
    assert (row["error"], row["held_until"] > row["due_at"]) == ("HTTP 503", True)
    await sender.look()
    assert target.sent == [], "it waits"
    assert await failing_seconds() == pytest.approx(600, abs=120)
    expire(host)
    await sender.look()
    assert len(target.sent) == 1
    assert await failing_seconds() == 0
    refusing = Target(DeliveryRejected("HTTP 400"))
    for _ in range(2):
        await make(refusing, name="other").look()
        expire(host)
    assert refusing.sent == []
    assert host.value("select error from auto_post_webhook_summaries where state = 'failed'") == "HTTP 400"


async def test_model_writes_the_first_line_once(host: Host, make: Make) -> None:
    """From the facts of the summary; a repeat has the same line, and a model that fails is no loss."""
    fill(host, 20, gap_seconds=1)
    host.execute("update auto_post_outbox set finished_at = finished_at - interval '20 minutes'")
    known(host)
    known(host, "other")
    asked: list[str] = []

    async def write(facts: str) -> str:
        asked.append(facts)
        return "A busy day."

    async def fail(facts: str) -> str:
        raise RuntimeError(facts)

    target, other = Target(DeliveryFailed("HTTP 503")), Target()
    for _ in range(2):
        await make(target, write_lead=write).look()
        expire(host)
    await make(other, name="other", write_lead=fail).look()
    assert (len(asked), "16 operations completed" in asked[0]) == (1, True)
    assert target.sent[0].lines[:2] == ("A busy day.", other.sent[0].lines[0])


async def test_late_summary_is_sent_once_and_a_very_late_one_is_not(host: Host, make: Make) -> None:
    """A machine that slept past several times sends the last one alone, at most 12 hours late."""
    for name, minutes, expected in (
        ("late", 11 * 60, 1),
        ("too-late", LATE_AT_MOST.total_seconds() / 60 + 5, 0),
    ):
        known(host, name, days=4)
        target = Target()
        sender = make(target, due=minutes_ago(minutes), name=name)
        for _ in range(3):
            await sender.look()
        assert len(target.sent) == expected, name


async def test_new_or_changed_schedule_sends_nothing_for_a_time_that_is_past(host: Host, make: Make) -> None:
    """The first summary of a webhook is the next one; a time that is moved by an hour sends no second one today."""
    new, moved = Target(), Target()
    await make(new, name="new").look()
    await make(new, name="new").look()
    assert (new.sent, states(host)) == ([], ["not_due"])
    host.execute(
        "insert into auto_post_webhook_summaries (hook, due_at, state, held_until, ended_at) "
        "values ('moved', now() - interval '1 hour', 'sent', now(), now())"
    )
    await make(moved, name="moved").look()
    assert moved.sent == []


async def test_worker_whose_clock_is_ahead_waits_for_the_database(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The database's clock decides what is due."""
    known(host)
    target = Target()
    ahead = datetime.now(UTC) + timedelta(minutes=30)
    schedule = parse_schedule(f"{ahead:%H:%M} UTC")
    webhook = Webhook("out", WebhookKind.SLACK, "https://example.com", summary=schedule)
    clock = datetime.now(UTC) + timedelta(minutes=31)
    await SummarySender(webhook, schedule, pool, SCHEMAS, target, "one", now=lambda: clock).look()
    assert target.sent == []


def message(kind: str) -> SummaryMessage:
    """Return a summary of 300 agents, with titles that are markup, for a kind of webhook."""
    return summary_message(WebhookKind(kind), "out", big(300), UTC)


def test_every_chat_takes_and_shows_it() -> None:
    """In its limits, with line breaks, and with no markup of a title taking effect."""
    for kind, (answer, shows) in SERVICES.items():
        made = message(kind)
        _, body = request_for(Webhook("out", WebhookKind(kind), "https://x"), made, datetime.now(UTC))
        sent = json.loads(body)
        assert answer("/?wait=true", sent).status in (200, 202), kind
        shown = shows(sent)
        for line in (made.title, "45,150 operations completed by 300 agents", "a *bold* job failed"):
            assert line in shown, (kind, line)
        assert kind == "teams" or shown.count("\n") >= len(made.lines) - 1, kind
        assert SummaryMessage.from_stored(made.stored) == made


def test_signed_webhook_and_mail_have_it_in_full(secret: str) -> None:
    """The webhook's data are for machines; both have an id that a repeat has too."""
    made = message("webhook")
    text = f'[out]\nkind = "webhook"\nurl = "https://x.example.com"\nsecret = "{secret}"\nsummary = "08:00 UTC"\n'
    headers, body = request_for(parse_webhooks(text, "hooks.toml", Path())[0], made, datetime.now(UTC))
    verified = Verifier(secret).verify(body, dict(headers))
    assert dict(headers)["webhook-id"] == verified["data"]["id"] == "summary-out-20260301T1200Z"
    assert (verified["type"], len(verified["data"]["agents"])) == ("agent_summary", 300)
    mail = message_for(Mail("autopost@example.com", ("team@example.com",)), message("email"))
    assert mail["Subject"] == "Summary of 28 Feb, 12:00 to 1 Mar, 12:00 UTC"
    assert "- Agent 300: 300 workflows\n" in mail.get_content()
    assert mail["Message-ID"] == "<autopost.summary-out-20260301T1200Z@example.com>"


def test_file_names_schedule_and_summaries_alone() -> None:
    """A mistake is reported with its place; `none` without a summary would send nothing."""
    given = '[a]\nurl = "https://hooks.slack.com/services/T/B/x"\nimportance = "none"\n'
    (webhook,) = parse_webhooks(f'{given}summary = "monday 08:00 Europe/Berlin"\n', "hooks.toml", Path())
    assert str(webhook.summary) == "monday 08:00 Europe/Berlin"
    for more, advice in (
        ("", "importance: got none, so nothing is sent"),
        ("summary = 8\n", "summary: got 8; expected: a text"),
        ('summary = "25:00 UTC"\n', "no time of the day"),
    ):
        with pytest.raises(ConfigurationError, match=advice):
            parse_webhooks(given + more, "hooks.toml", Path())
