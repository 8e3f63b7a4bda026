"""What an agent did while it was rate-limited is carried by its next post, exactly once, on a real database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autopost.model.digest import DigestMode
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, Row
from tests.support.work import eventually, work_off, working

EMAIL = "bob" + "@" + "example.com"


def finish(host: Host, *types: str, agent: str = "ada", tenant: str | None = "tenant", name: str = "op") -> None:
    """Insert completed operations of an agent, all in one statement."""
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "select %s || n, %s, %s, t, 'completed', 'Wrote to ' || %s from unnest(%s::text[]) with ordinality as u (t, n)",
        (name, tenant, agent, EMAIL, list(types)),
    )


def posted_just_now(host: Host, agent: str = "ada") -> None:
    """Begin the agent's window."""
    host.execute(
        "insert into auto_post_rate_limits (agent_id, last_post_at) values (%s, now()) "
        "on conflict (agent_id) do update set last_post_at = excluded.last_post_at",
        (agent,),
    )


def end_window(host: Host) -> None:
    """Let every window end now: the database's clock, faster than waiting."""
    host.execute("update auto_post_rate_limits set last_post_at = now() - interval '6 minutes'")
    host.execute("update auto_post_outbox set available_at = now() where summary is not null and state = 'pending'")


def digest_of(post: Row) -> Any:
    """Return what a post carries."""
    return post["post_metadata"].get("digest")


def kept(host: Host) -> int:
    """Return how many operations wait for a post that carries them."""
    return int(host.value("select coalesce(sum(operations), 0) from auto_post_rate_limited"))


def with_digest(settings: Settings, mode: DigestMode) -> Settings:
    """Return settings with a mode."""
    return settings.model_copy(update={"digest": mode})


async def skip(host: Host, settings: Settings, redactor: Redactor, *types: str, name: str = "skipped") -> None:
    """Have operations of the agent skipped as rate-limited."""
    posted_just_now(host)
    finish(host, *types, name=name)
    await work_off(host, settings, redactor)


async def test_next_post_carries_what_was_rate_limited(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Kinds with their numbers and since when, in the metadata alone; each operation once, and the audit row counts."""
    host.agent()
    await skip(host, settings, redactor, *["workflow_execute"] * 3, "report_generate")
    since = host.value("select last_post_at - interval '6 minutes' from auto_post_rate_limits")
    assert kept(host) == 4
    host.execute("update auto_post_rate_limits set last_post_at = %s", (since,))
    finish(host, "workflow_execute", name="next")
    await work_off(host, settings, redactor)
    (post,) = host.posts()
    assert digest_of(post) == {
        "count": 4,
        "since": since.isoformat(),
        "in_text": False,
        "kinds": [
            {"title": None, "operation_type": "workflow_execute", "status": "completed", "count": 3},
            {"title": None, "operation_type": "report_generate", "status": "completed", "count": 1},
        ],
    }
    assert "more" not in post["content"]
    (audit,) = [row for row in host.audit() if row["action"] == "auto_post.posted"]
    assert audit["details"]["digest"] == {"count": 4, "since": since.isoformat(), "in_text": False}
    assert kept(host) == 0
    end_window(host)
    finish(host, "workflow_execute", name="later")
    await work_off(host, settings, redactor)
    assert Counter(digest_of(post) is None for post in host.posts()) == {True: 1, False: 1}


async def test_operation_types_that_are_text_and_other_tenants_stay_out(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """A type of several words could be private; a post of one tenant says nothing of another's operations."""
    host.agent()
    host.execute("update agents set tenant_id = null")
    host.execute(
        "insert into auto_post_rules (operation_type, match, status, title) "
        "values ('mail to %', 'like', 'completed', null), ('nightly_sync', 'exact', 'completed', 'A CRM sync')"
    )
    posted_just_now(host)
    finish(host, "workflow_execute", tenant="other", name="theirs")
    finish(host, f"mail to {EMAIL}", "nightly_sync", name="mine")
    await work_off(host, settings, redactor)
    for tenant in ("other", "tenant"):
        assert kept(host) == {"other": 3, "tenant": 2}[tenant], "a tenant's wait for a post of that tenant"
        end_window(host)
        finish(host, "workflow_execute", tenant=tenant, name=f"next of {tenant}")
        await work_off(host, settings, redactor)
    carried = {post["tenant_id"]: digest_of(post)["kinds"] for post in host.posts()}
    assert {(kind["operation_type"], kind["count"]) for kind in carried["other"]} == {("workflow_execute", 1)}
    assert {(kind["title"], kind["operation_type"], kind["count"]) for kind in carried["tenant"]} == {
        ("A CRM sync", "nightly_sync", 1),
        (None, None, 1),
    }


@pytest.mark.parametrize("what", ["Short.", "A long story. " * 40])
async def test_text_mode_stays_within_the_limit(host: Host, settings: Settings, redactor: Redactor, what: str) -> None:
    """The list where there is room for it, else the number."""
    host.agent()
    settings = with_digest(settings, DigestMode.TEXT)
    await skip(host, settings, redactor, *["workflow_execute"] * 3, "report_generate")
    end_window(host)
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "values ('next', 'tenant', 'ada', 'workflow_execute', 'completed', %s)",
        (what,),
    )
    await work_off(host, settings, redactor)
    (post,) = host.posts()
    more = " (+ 4 more since the last post: 3 workflows and a report)"
    assert post["content"].endswith(more if len(what) < 100 else "… (+ 4 more since the last post)")
    assert len(post["content"]) <= 280
    assert digest_of(post)["in_text"] is True


async def test_post_mode_sums_up_at_the_end_of_the_window(host: Host, settings: Settings, redactor: Redactor) -> None:
    """One digest post for any number of workers and groups; it begins a window of its own."""
    host.agent()
    settings = with_digest(settings, DigestMode.POST)
    posted_just_now(host)
    async with working(settings, redactor), working(settings, redactor):
        finish(host, *["workflow_execute"] * 3, "report_generate", name="one")
        await eventually(lambda: kept(host) == 4)
        finish(host, "workflow_execute", name="two")
        await eventually(lambda: kept(host) == 5)
        (row,) = [row for row in host.outbox() if row["summary"] is not None]
        assert row["available_at"] == host.value(
            "select last_post_at + interval '5 minutes' from auto_post_rate_limits"
        )
        end_window(host)
        await eventually(lambda: host.waiting() == 0)
    (post,) = host.posts()
    assert post["content"] == "Ada also finished 4 workflows and a report."
    assert (post["post_type"], post["tenant_id"], post["author_id"]) == ("status", "tenant", "ada")
    assert (digest_of(post)["count"], digest_of(post)["in_text"]) == (5, True)
    assert host.value("select now() - last_post_at < interval '1 minute' from auto_post_rate_limits")
    assert Counter(row["details"]["reason"] for row in host.audit()) == {"rate_limited": 5, None: 1}


async def test_team_words_digests_in_every_mode(
    host: Host, settings: Settings, redactor: Redactor, tmp_path: Path
) -> None:
    """In the text, beside the post for every reader, and in a post of its own; its own texts are redacted."""
    host.agent()
    file = tmp_path / "wording.toml"
    file.write_text(
        '[voice]\nlanguage = "de"\n[[digests]]\nlanguage = "de"\nand = "und"\n'
        f'post = "Auch von {{agent_name}}: {{operations}} ({EMAIL})"\ntext = "(+ {{count}}: {{operations}})"\n'
        'beside = "und {count} weitere"\n[digests.operations]\nreport_generate = ["ein Bericht", "{count} Berichte"]\n'
        'workflow_execute = ["ein Workflow", "{count} Workflows"]\n'
    )
    settings = settings.model_copy(update={"wording_file": file})
    done = ("report_generate", "workflow_execute", "report_generate")
    for mode in (DigestMode.METADATA, DigestMode.TEXT):
        await skip(host, with_digest(settings, mode), redactor, *done, name=str(mode))
        end_window(host)
        finish(host, "workflow_execute", name=f"next-{mode}")
        await work_off(host, with_digest(settings, mode), redactor)
    posted_just_now(host)
    finish(host, *done, name="post")
    async with working(with_digest(settings, DigestMode.POST), redactor):
        await eventually(lambda: kept(host) == 3)
        end_window(host)
        await eventually(lambda: host.waiting() == 0)
    beside, in_text, own = host.posts()
    assert (digest_of(beside)["text"], digest_of(beside)["in_text"]) == ("und 3 weitere", False)
    (shown,) = [row for row in host.audit() if row["post_id"] == beside["id"]]
    assert shown["details"]["digest"]["text"] == "und 3 weitere"
    assert in_text["content"].endswith(" (+ 3: 2 Berichte und ein Workflow)")
    assert own["content"] == "Auch von Ada: 2 Berichte und ein Workflow (<EMAIL_ADDRESS>)"


async def test_digest_waits_for_the_window_that_an_alert_began(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The alert carries what was skipped before it, so that nothing is left: the digest is skipped, and says why."""
    host.agent()
    settings = with_digest(settings, DigestMode.POST)
    await_digest = "select count(*) from auto_post_outbox where last_error = 'rate_limited' and state = 'pending'"
    posted_just_now(host)
    async with working(settings, redactor):
        finish(host, "workflow_execute", name="one")
        await eventually(lambda: kept(host) == 1)
        host.execute("update auto_post_outbox set available_at = now() where summary is not null")
        await eventually(lambda: host.value(await_digest) == 1)
        host.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
            "values ('alert', 'tenant', 'ada', 'workflow_execute', 'failed', 'The disk is full')"
        )
        await eventually(lambda: kept(host) == 0)
        end_window(host)
        await eventually(lambda: host.waiting() == 0)
    (post,) = host.posts()
    assert (post["post_type"], digest_of(post)["count"]) == ("alert", 1)
    assert Counter(row["details"]["reason"] for row in host.audit()) == {"rate_limited": 1, "digest_empty": 1, None: 1}


async def test_nothing_is_kept_or_carried_when_digests_are_off(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Also not what another setting has kept."""
    host.agent()
    await skip(host, settings, redactor, "workflow_execute")
    settings = with_digest(settings, DigestMode.OFF)
    await skip(host, settings, redactor, "workflow_execute", name="off")
    assert kept(host) == 1
    end_window(host)
    finish(host, "workflow_execute", name="next")
    await work_off(host, settings, redactor)
    assert digest_of(host.posts()[0]) is None


async def test_publication_that_fails_carries_nothing(host: Host, settings: Settings, redactor: Redactor) -> None:
    """What the rolled-back post would have carried is carried by the one that is published."""
    host.agent()
    await skip(host, settings, redactor, "report_generate")
    end_window(host)
    host.execute(
        "create function fail_once() returns trigger language plpgsql as $$ begin "
        "if nextval('attempts') < 2 then raise exception 'not yet' using errcode = 'serialization_failure'; end if; "
        "return new; end $$; create sequence attempts; "
        "create constraint trigger fail_once after insert on social_posts deferrable initially deferred "
        "for each row execute function fail_once()"
    )
    finish(host, "workflow_execute", name="next")
    await work_off(host, settings, redactor)
    assert host.value("select last_value from attempts") >= 2
    assert [digest_of(post)["count"] for post in host.posts()] == [1]
    assert kept(host) == 0


async def test_retention_sums_up_what_an_agent_has_much_of(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Nothing is lost by it, but what is older than the outbox keeps rows; an agent that is locked is left alone."""
    for agent, rows in (("ada", 250), ("bob", 101), ("eve", 3)):
        host.agent(agent)
        posted_just_now(host, agent)
        host.execute(
            "insert into auto_post_rate_limited (agent_id, skipped_at, tenant_id, rule_id, operation_type, status, "
            "operations) select %s, now() - (n || ' milliseconds')::interval, 'tenant', 1 + n %% 2, "
            "'workflow_execute', 'completed', 2 from generate_series(1, %s) as n",
            (agent, rows),
        )
    host.execute("update auto_post_rate_limited set skipped_at = now() - interval '8 days' where id in (1, 252)")
    with psycopg.connect(host.connection.info.dsn) as other:
        other.execute("select from autopost.auto_post_rate_limits where agent_id = 'bob' for update")
        host.execute("select auto_post_expire('7 days')")
    found = host.rows(
        "select agent_id, count(*) as rows, sum(operations) as operations from auto_post_rate_limited "
        "group by agent_id order by agent_id"
    )
    assert [tuple(row.values()) for row in found] == [("ada", 2, 498), ("bob", 100, 200), ("eve", 3, 6)]
