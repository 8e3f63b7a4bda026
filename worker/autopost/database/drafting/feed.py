"""The section of the platform's feed, where it has one that autopost can write to. Pure."""

from __future__ import annotations

from collections.abc import Callable

from autopost.database.drafting.section import Line, Section, over
from autopost.database.drafting.snapshot import (
    TIMES,
    Column,
    Kind,
    Table,
    ref,
)
from autopost.database.drafting.words import has
from autopost.database.drafting.written import (
    AGENT_LABELS,
    STATUS_LABELS,
    TEXTS,
    Choice,
    fill_required,
    refuse_other_people,
    section_of,
    take_key,
    translate_labels,
)

POST_CHARACTERS = 280
_ALERT = ("alert", "warning", "critical", "urgent", "error", "incident", *STATUS_LABELS)


def posts_section(table: Table, agents: Section) -> tuple[Section, list[str]]:
    """Return the section of the feed, and what keeps the table from being one."""
    choice = Choice(table)
    take_key(choice)
    choice.take("tenant_id", kinds=TEXTS, words=("tenant", "workspace", "organization", "org", "team", "account"))
    author_type = choice.take(
        "author_type",
        kinds=(Kind.TEXT, Kind.ENUM),
        words=("author_type", "sender_type", "author_kind", "sender_kind", "creator_type", "actor_type", "poster_type"),
    )
    author = choice.take(
        "author_id",
        kinds=TEXTS,
        words=(
            "author_id",
            "sender_id",
            "agent_id",
            "actor_id",
            "creator_id",
            "poster_id",
            "author",
            "sender",
            "agent",
        ),
        without=("name", "type", "kind", "avatar", "category", "maturity", "level"),
    )
    content = choice.take(
        "content", kinds=(Kind.TEXT,), words=("content", "body", "text", "message"), without=("type", "html", "id")
    )
    created = choice.take("created_at", kinds=TIMES, words=("created", "posted", "published"))
    post_type = choice.take(
        "post_type",
        kinds=(Kind.TEXT, Kind.ENUM),
        words=("post_type", "type", "post_kind", "kind"),
        without=("author", "sender", "recipient", "actor", "content", "mime", "channel", "creator"),
    )
    choice.take("auto_generated", kinds=(Kind.BOOLEAN,), words=("auto_generated", "automated", "generated", "is_auto"))
    metadata = choice.take(
        "post_metadata", kinds=(Kind.JSON,), words=("post_metadata", "metadata", "meta", "extra", "data")
    )
    if content is None:
        choice.faults.append("no column holds the text of a post")
    elif content.length is not None and content.length < POST_CHARACTERS:
        choice.faults.append(f"{content.name} holds {content.length} characters; a post has up to {POST_CHARACTERS}")
    if author is None:
        choice.faults.append("no column says who wrote a post")
    refuse_other_people(choice, "author_id", agents)
    if author_type is not None:
        translate_labels(choice, "author_type", author_type, {"agent": AGENT_LABELS})
    if post_type is not None:
        translate_labels(choice, "post_type", post_type, {"status": STATUS_LABELS, "alert": _ALERT})
    if created is not None and created.kind is Kind.NAIVE_TIME:
        choice.lines["created_at"] = Line("created_at", f"{ref(created)} at time zone 'UTC'", (), "UTC is assumed")
        choice.write(created, "new.created_at at time zone 'UTC'")
    fill_required(choice, _of_an_author(author, agents))
    for name in (
        "id",
        "tenant_id",
        "author_type",
        "author_id",
        "post_type",
        "post_metadata",
        "auto_generated",
        "created_at",
    ):
        if name not in choice.lines:
            generated = name == "auto_generated" and metadata is not None
            value = f"{ref(metadata)} ->> 'tracker_id' is not null" if generated and metadata else "null"
            choice.lines[name] = Line(name, value)
    return section_of("social_posts", choice), choice.faults


def _of_an_author(author: Column | None, agents: Section) -> Callable[[Column], str | None]:
    """Return what says of a column what it gets from the row of the agent, None for nothing."""

    def value(column: Column) -> str | None:
        if author is None or column.kind is not Kind.TEXT:
            return None
        if has(column.name, "name") and has(column.name, "author", "sender", "agent", "actor"):
            return _of_the_agent(agents, "name")
        if has(column.name, "category") and has(column.name, "author", "sender", "agent"):
            return _of_the_agent(agents, "category")
        return _of_the_agent(agents, "maturity") if has(column.name, "maturity") else None

    return value


def _of_the_agent(agents: Section, name: str) -> str:
    found = {each.column: each.value if isinstance(each.value, str) else each.value[0] for each in agents.lines}
    key, wanted = (over("g", found[each]) for each in ("id", name))
    return f"(select {wanted} from {agents.table} as g where ({key})::text = new.author_id limit 1)"  # noqa: S608 - names of the catalog
