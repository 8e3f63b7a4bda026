"""What a draft makes of the feed and the audit log, which autopost writes to."""

from __future__ import annotations

from typing import Any

from autopost.database.drafting.draft import Wanted
from autopost.database.drafting.snapshot import Table
from tests.support.drafting import AGENTS, drafted, table, text_of

RUNS = table("agent_runs", "id int key", "agent_id text ! ->agents.id", "status text")
POST = ("id uuid key ?", "author_id text !", "content text !", "created_at timestamptz ?")
AUDIT = ("id int key ?", "occurred_at timestamptz ! ?", "action text !", "details json")


def section(name: str, other: Table, *more: Table) -> dict[str, Any] | None:
    """Return a section of the draft of a platform with this table besides."""
    found: dict[str, Any] | None = drafted(AGENTS, RUNS, other, *more).get(name)
    return found


def posts(*columns: str, rows: Any = ()) -> dict[str, Any]:
    """Return the section of a feed with these columns besides."""
    found = section("social_posts", table("agent_posts", *POST, *columns, rows=rows))
    assert found is not None
    return found


def test_feed_is_found_by_its_name_and_columns() -> None:
    """A chat's messages, somebody's history and reactions are none: nothing is ever written there unasked."""
    assert posts()["columns"]["content"] == "content"
    for name in ("messages", "comments", "social_post_history", "post_reactions", "posting_settings"):
        assert section("social_posts", table(name, *POST)) is None, name


def test_labels_of_a_feed_become_what_autopost_writes() -> None:
    """An enum in upper case, other words, one word for all."""
    for labels, expected in (
        ("(status,alert,task)", None),
        ("(STATUS,ALERT)", "upper(new.post_type)"),
        ("(UPDATE,WARNING)", "case new.post_type when 'status' then 'UPDATE' when 'alert' then 'WARNING' end"),
        ("(update,question)", "'update'"),
    ):
        assert posts(f"post_type {labels} !").get("values", {}).get("post_type") == expected, labels
    assert posts("author_type (human,bot) !")["values"]["author_type"] == "'bot'"


def test_columns_that_must_be_given_get_a_value_of_their_type() -> None:
    """The one that the rows have, else a neutral one; and names and levels those of the agent."""
    values = posts(
        "sender_name text !", "is_public bool !", "reactions json !", "mentioned_ids json !", "reply_count int !",
        "channel (general,random) !", "thread uuid !", "note text", "seen_at timestamptz !", "kept text ! ?",
    )["values"]  # fmt: skip
    assert values == {
        "sender_name": "(select g.name from public.agents as g where (g.id)::text = new.author_id limit 1)",
        "is_public": "true",
        "reactions": "'[]'",
        "mentioned_ids": "'[]'",
        "reply_count": "0",
        "channel": "'general'",
        "thread": "gen_random_uuid()",
        "seen_at": "now()",
    }


def test_column_that_was_never_null_gets_a_value_too() -> None:
    """As the platform's own code gives it one, and fails without."""
    rows = [{"visibility": "team", "reply_count": "0", "hint": None}] * 3
    values = posts("visibility text", "reply_count int", "hint text", rows=rows)["values"]
    assert values == {"visibility": "'team'", "reply_count": "0"}


def test_feed_that_nobody_can_fill_is_left_out_unless_it_is_named() -> None:
    """A row of another table, a text that is too short; named, its column must be decided."""
    users = table("users", "id int key")
    feed = table("agent_posts", *POST, "owner_id int ! ->users.id")
    assert section("social_posts", feed, users) is None
    wanted = Wanted(posts="public.agent_posts")
    named = drafted(AGENTS, RUNS, feed, users, wanted=wanted)["social_posts"]
    assert named["values"]["owner_id"] == "DECIDE: what owner_id (int) gets, a row of public.users"
    assert "[social_posts] is left out" in text_of(AGENTS, RUNS, feed, users)


def test_audit_log_keeps_in_its_details_what_has_no_column() -> None:
    """And reads it from there; JSON in a text column is read with patience."""
    made = section("audit_log", table("audit_log", *AUDIT, "actor_id text"))
    assert made is not None
    assert made["columns"]["id"] == "t.id::text"
    assert made["columns"]["tracker_id"] == "t.details ->> 'tracker_id'"
    assert "'tracker_id', new.tracker_id" in made["values"]["details"]
    text = section("audit_log", table("audit_logs", *AUDIT[:3], "metadata_json text", "success bool !", "level text !"))
    assert text is not None
    assert text["columns"]["details"] == "autopost.auto_post_json(t.metadata_json)"
    assert text["values"]["success"] == "new.action <> 'auto_post.dead'"
    assert text["values"]["level"] == "'info'"


def test_audit_log_that_does_not_fit_is_left_out() -> None:
    """Without details, with an action of fixed labels, or of people only."""
    users = table("users", "id text key")
    for columns in (
        AUDIT[:3],
        (*AUDIT[:2], "action (login,logout) !", "details json"),
        (*AUDIT, "user_id text ! ->users.id"),
    ):
        assert section("audit_log", table("audit_log", *columns), users) is None, columns
