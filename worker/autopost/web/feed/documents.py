"""The newest posts as documents: JSON Feed 1.1 and Atom. Pure.

Sources: https://www.jsonfeed.org/version/1.1/, https://www.rfc-editor.org/rfc/rfc4287 and, for pages,
https://www.rfc-editor.org/rfc/rfc5005#section-3
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree as ET

from autopost.model.digest import Digest, beside
from autopost.model.link import shown_link

JSON_TYPE = "application/feed+json"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # the last change of a feed without posts
_MOST_TITLE_CHARACTERS = 80
# What XML 1.0 has no spelling for, https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-�\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the feed."""

    id: str
    agent_id: str | None
    agent_name: str | None
    post_type: str
    content: str
    created_at: datetime
    operation: str | None = None  # what the rule calls it, or its type
    digest: Digest | None = None
    link: str | None = None  # to the platform, as the post's metadata have it: anything may stand there

    @property
    def author(self) -> str:
        """Return who posted, in words."""
        return self.agent_name or self.agent_id or "an agent"

    @property
    def text(self) -> str:
        """Return the post, and what is shown beside it on a line of its own."""
        more = beside(self.digest, self.created_at)
        return self.content if more is None else f"{self.content}\n({more})"

    @property
    def title(self) -> str:
        """Return the post's beginning, in one line."""
        text = f"{self.author}: {' '.join(self.content.split())}"
        return text if len(text) <= _MOST_TITLE_CHARACTERS else f"{text[: _MOST_TITLE_CHARACTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Heading:
    """What a page of a feed says of itself.

    `address` is its own, `dashboard` that of the dashboard, `id` the feed's whatever its address; `first` is the
    address of the newest page, `next` of that with the posts before these, None where there is none. `permalink`
    returns the address of a post by its id.
    """

    title: str
    address: str
    dashboard: str
    id: str
    first: str | None = None
    next: str | None = None
    permalink: Callable[[str], str] | None = None

    def links(self, post: Post) -> tuple[str | None, str | None]:
        """Return where a post leads, to the platform if there is a link, and its permalink."""
        permalink = self.permalink(post.id) if self.permalink is not None else None
        return shown_link(post.link) or permalink, permalink


def json_feed(heading: Heading, posts: Sequence[Post]) -> bytes:
    """Return a JSON Feed."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": heading.title,
        "home_page_url": heading.dashboard,
        "feed_url": heading.address,
        **({"next_url": heading.next} if heading.next is not None else {}),
        "items": [_item(heading, post) for post in posts],
    }
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _item(heading: Heading, post: Post) -> dict[str, Any]:
    link, permalink = heading.links(post)
    return {
        "id": id_of(post.id),
        **({"url": link} if link is not None else {}),
        "title": post.title,
        "content_text": post.text,
        "date_published": _time(post.created_at),
        "authors": [{"name": post.author}],
        "tags": [post.post_type],
        "_autopost": {
            "post_id": post.id,
            "agent_id": post.agent_id,
            "operation": post.operation,
            "permalink": permalink,
            **_more(post),
        },
    }


def _more(post: Post) -> dict[str, Any]:
    return {} if post.digest is None else {"digest": post.digest.facts}


def atom_feed(heading: Heading, posts: Sequence[Post]) -> bytes:
    """Return an Atom feed."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", heading.id)
    _add(feed, "title", heading.title)
    _add(feed, "updated", _time(max((post.created_at for post in posts), default=_LONG_AGO)))
    _add(feed, "link", rel="self", href=heading.address, type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=heading.dashboard, type="text/html")
    for relation, address in (("first", heading.first), ("next", heading.next)):
        if address is not None:
            _add(feed, "link", rel=relation, href=address, type="application/atom+xml")
    _add(feed, "generator", "autopost")
    for post in posts:
        entry = _add(feed, "entry")
        link, permalink = heading.links(post)
        _add(entry, "id", id_of(post.id))
        _add(entry, "title", post.title)
        if link is not None:
            _add(entry, "link", rel="alternate", href=link, type="text/html")
        if permalink not in (None, link):
            _add(entry, "link", rel="related", href=str(permalink), type="text/html")
        _add(entry, "published", _time(post.created_at))
        _add(entry, "updated", _time(post.created_at))
        _add(_add(entry, "author"), "name", post.author)
        _add(entry, "category", term=post.post_type)
        _add(entry, "content", post.text, type="text")
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def id_of(post_id: str) -> str:
    """Return an id that is valid anywhere: the post's own where that is a UUID, else one made of it."""
    try:
        return UUID(post_id).urn
    except ValueError:
        return uuid5(NAMESPACE_URL, f"autopost:post:{post_id}").urn


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    readable = {key: _readable(value) for key, value in attributes.items()}
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}", readable)
    child.text = None if text is None else _readable(text)
    return child


def _readable(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
