"""What a post carries besides: read from any metadata, and said in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from autopost.model.counted import listed
from autopost.model.digest import Digest, DigestKind, beside, digest_in
from autopost.writing.digest import digest_post, with_digest

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def kind(count: int, operation_type: str | None = "workflow_execute", title: str | None = None) -> DigestKind:
    """Return a kind of completed operations."""
    return DigestKind(title, operation_type, "completed", count)


def test_kinds_are_said_in_words() -> None:
    """Nouns for the known types, titles without their article, and the rest by its number."""
    cases = {
        "a workflow": ([kind(1)], 1),
        "3 workflows and a report": ([kind(3), kind(1, "report_generate")], 4),
        "2 × CRM sync and another operation": ([kind(2, "x", "A CRM sync"), kind(1, None)], 3),
        "an invoice run and nightly build": ([kind(1, "x", "An invoice run"), kind(1, "nightly_build")], 2),
        "a, b, c, d and 1,200 other operations": ([kind(1, letter) for letter in "abcdef"], 1204),
    }
    assert {said: listed(kinds, total) for said, (kinds, total) in cases.items()} == {said: said for said in cases}


def test_metadata_of_any_form_is_read() -> None:
    """The platform may have written anything; what is not ours is nothing."""
    ours = Digest(4, NOON, (kind(4),), rows=(1,))
    assert digest_in(ours.facts_with_kinds) == Digest(4, NOON, (kind(4),))
    assert digest_in(ours.facts) == Digest(4, NOON)
    assert digest_in({"count": 2, "since": "yesterday"}) == Digest(2, None)
    assert digest_in({"count": 2, "since": "2026-03-01T12:00:00"}) == Digest(2, NOON)
    others: tuple[object, ...] = (None, 4, "4", [], {}, {"count": "4"}, {"count": 0}, {"count": 10**12}, {"count": 1.5})
    for other in others:
        assert digest_in(other) is None, other
    strange: tuple[object, ...] = ("4", 4, [4], [{}], [{"count": 5}], [{"count": 0}], {"count": 1})
    for kinds in strange:
        assert digest_in({"count": 4, "kinds": kinds}) == Digest(4, None), kinds
    many = digest_in({"count": 99, "kinds": [{"count": 1, "title": "T" * 999, "status": 5}] * 50})
    assert many == Digest(99, None, (DigestKind("T" * 60, None, None, 1),) * 10)


def test_what_is_shown_beside_a_post_says_since_when() -> None:
    """In UTC, with the date where it was another day; nothing where the text says it."""
    assert beside(Digest(4, NOON), NOON + timedelta(minutes=6)) == "and 4 more since 12:00 UTC"
    assert beside(Digest(1200, NOON), NOON + timedelta(days=1)) == "and 1,200 more since 1 Mar, 12:00 UTC"
    assert beside(Digest(4, None), NOON) == "and 4 more"
    assert beside(Digest(4, NOON, is_in_text=True), NOON) is None
    assert beside(None, NOON) is None


def test_texts_have_at_most_280_characters() -> None:
    """The list goes first, then the end of the text."""
    digest = Digest(6, NOON, (kind(4), kind(2, "x", "T" * 60)))
    assert digest_post("Ada", digest) == f"Ada also finished 4 workflows and 2 × {'T' * 60}."
    running = DigestKind(None, "agent_to_agent_call", "running", 2)
    assert digest_post("Ada", Digest(2, NOON, (running,))) == "Ada also: 2 calls to other agents."
    number = " (+ 6 more since the last post"
    for length, end in ((100, f"{number}: 4 workflows and 2 × {'T' * 60})"), (200, f"{number})"), (280, f"…{number})")):
        text = with_digest("word " * (length // 5 - 1) + "words", digest)
        assert text.endswith(end)
        assert len(text) <= 280
