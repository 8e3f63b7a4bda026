"""A hook: which posts it wants, and where they go in which form. It is read from a TOML file, a section each."""

from __future__ import annotations

import base64
import binascii
import difflib
import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autopost.broadcast.announcement import Announcement
from autopost.errors import ConfigurationError

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
GIVE_UP_HOURS = 24.0
MOST_HOURS = 144.0  # less than the log holds what a reader has not read
LEAST_SECRET_BYTES = 24  # https://github.com/standard-webhooks/standard-webhooks, "Signature scheme"
MOST_SECRET_BYTES = 64
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# What a request says by itself.
_OWN_HEADERS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent"})
_FILTERS = ("post_types", "rules", "operation_types", "statuses", "agents", "categories", "tenants")
_KEYS = ("kind", "url", "url_file", "secret", "secret_file", "headers", "ca_file", "give_up_hours", *_FILTERS)
POST_TYPES = ("status", "alert")

Problem = Callable[[str], None]


class Kind(StrEnum):
    """In which form a post is sent."""

    SLACK = "slack"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts a hook wants: those of which each of these holds what they have. None: whatever they have."""

    post_types: Collection[str] | None = None
    rules: Collection[int] | None = None
    operation_types: Collection[str] | None = None
    statuses: Collection[str] | None = None
    agents: Collection[str] | None = None
    categories: Collection[str] | None = None
    tenants: Collection[str] | None = None

    def has(self, announcement: Announcement, rule: int | None) -> bool:
        """Tell whether this post is wanted; `rule` is the one that made it, if that is known still."""
        found = (
            (self.post_types, announcement.post_type),
            (self.rules, rule),
            (self.operation_types, announcement.metadata.get("operation_type")),
            (self.statuses, announcement.metadata.get("operation_status")),
            (self.agents, announcement.agent_id),
            (self.categories, announcement.agent_category),
            (self.tenants, announcement.tenant_id),
        )
        return all(wanted is None or value in wanted for wanted, value in found)

    @property
    def said(self) -> str:
        """Return it in words, as `alert; agents ada, bob`."""
        parts = []
        for name in _FILTERS:
            wanted = getattr(self, name)
            if wanted is not None:
                values = ", ".join(sorted(map(str, wanted)))
                parts.append(values if name == "post_types" else f"{name.replace('_', ' ')} {values}")
        return "; ".join(parts) or "all"


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook. What may be secret is left out of its repr."""

    name: str
    kind: Kind
    url: str = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: Path | None = None
    wanted: Wanted = Wanted()
    give_up_after: timedelta = timedelta(hours=GIVE_UP_HOURS)

    @property
    def reader(self) -> str:
        """Return its name among the readers of the log."""
        return f"hook:{self.name}"

    @property
    def where(self) -> str:
        """Return what may be seen of its address: no path, which in Slack's is the secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def parse_hooks(text: str, source: str, folder: Path) -> list[Hook]:
    """Read hooks, in the order of the file. Raises ConfigurationError with every problem at once.

    `source` is where the text came from, `folder` where the files that it names are looked for.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is no TOML: {error}") from None
    problems: list[str] = []
    hooks = [_hook(name, section, folder, problems.append) for name, section in document.items()]
    if not document:
        problems.append("there is no hook in it; allowed: a section each, such as [alerts]")
    if problems:
        raise ConfigurationError(f"{source} is not usable:\n" + "\n".join(f"  {problem}" for problem in problems))
    return [hook for hook in hooks if hook is not None]


def _hook(name: str, section: Any, folder: Path, problem: Problem) -> Hook | None:
    if not NAME.fullmatch(name):
        problem(f"[{name}]: a hook's name has 1 to 40 lower-case letters, digits, _ and -, a letter first")
    if not isinstance(section, dict):
        problem(f"{name}: given {section!r}; allowed: a section [{name}]")
        return None
    of_hook = _about(name, problem)
    for key in section:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            of_hook(key, f"not known; did you mean {near[0]}?" if near else f"not known; allowed: {', '.join(_KEYS)}")
    if section.get("kind") not in list(Kind):
        of_hook("kind", f"given {section.get('kind')!r}; allowed: {' or '.join(Kind)}")
        return None
    kind = Kind(section["kind"])
    return Hook(
        name=name,
        kind=kind,
        url=_url(_from_file_or_here("url", section, folder, of_hook), of_hook),
        secret=_secret(kind, section, folder, of_hook),
        headers=_headers(section.get("headers", {}), of_hook),
        ca_file=_path("ca_file", section, folder, of_hook),
        wanted=Wanted(**{key: _filter(key, section[key], of_hook) for key in _FILTERS if key in section}),
        give_up_after=_hours(section.get("give_up_hours", GIVE_UP_HOURS), of_hook),
    )


def _about(name: str, problem: Problem) -> Callable[[str, str], None]:
    return lambda key, text: problem(f"[{name}] {key}: {text}")


def _from_file_or_here(
    key: str, section: dict[str, Any], folder: Path, problem: Callable[[str, str], None]
) -> str | None:
    """Return a value that stands here or in a file of its own; None, and a problem, when it is in neither or both."""
    in_file = f"{key}_file"
    if (key in section) == (in_file in section):
        problem(key, f"{'given twice' if key in section else 'missing'}; allowed: {key} or {in_file}")
        return None
    if key in section:
        value = section[key]
    else:
        path = _path(in_file, section, folder, problem)
        try:
            value = path.read_text("utf-8-sig").strip() if path else None
        except (OSError, UnicodeDecodeError) as error:
            problem(in_file, f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")
            return None
    if not isinstance(value, str) or not value:
        problem(key, "is no text, or an empty one")
        return None
    return value


def _path(key: str, section: dict[str, Any], folder: Path, problem: Callable[[str, str], None]) -> Path | None:
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        problem(key, f"given {value!r}; allowed: the path of a file")
        return None
    path = folder / Path(value).expanduser()
    if not path.is_file():
        problem(key, f"there is no file {path}")
        return None
    return path


def _url(value: str | None, problem: Callable[[str, str], None]) -> str:
    """Return the address; what is wrong with it is said without it, as it may be the secret."""
    if value is None:
        return ""
    try:
        parts = urlsplit(value)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        port_is_sound, parts = False, urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or not port_is_sound:
        problem("url", "not an address of the web; allowed: https://host/path")
    elif parts.username is not None or parts.password is not None:
        problem("url", "has a user or password in it; allowed: such go into headers, as Authorization")
    elif not value.isascii() or not value.isprintable() or " " in value:
        problem("url", "has characters that an address has not; allowed: as a browser shows it when it is copied")
    else:
        return value
    return ""


def _secret(kind: Kind, section: dict[str, Any], folder: Path, problem: Callable[[str, str], None]) -> bytes | None:
    if kind is Kind.SLACK:
        for key in ("secret", "secret_file"):
            if key in section:
                problem(key, "a hook of kind slack signs nothing; its address is the secret")
        return None
    value = _from_file_or_here("secret", section, folder, problem)
    if value is None:
        return None
    try:
        encoded = value.removeprefix(SECRET_PREFIX)
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not LEAST_SECRET_BYTES <= len(secret) <= MOST_SECRET_BYTES:
        problem(
            "secret", f'allowed: "{SECRET_PREFIX}" and 24 to 64 random bytes in base64, as `openssl rand -base64 32`'
        )
        return None
    return secret


def _headers(given: Any, problem: Callable[[str, str], None]) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict):
        problem("headers", 'not a table; allowed: such as {Authorization = "Bearer ..."}')
        return ()
    for name, value in given.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OWN_HEADERS or name.lower().startswith("webhook-"):
            problem("headers", f"{name} may not be given")
        elif not isinstance(value, str) or not value.isascii() or not value.isprintable():
            problem("headers", f"{name} is no text that a header can carry")
    return tuple((name, value) for name, value in given.items())


def _filter(key: str, given: Any, problem: Callable[[str, str], None]) -> frozenset[Any]:
    kind: type = int if key == "rules" else str
    what = "numbers of rules, such as [9, 10]" if key == "rules" else 'texts, such as ["one", "another"]'
    if not isinstance(given, list) or not given or any(type(value) is not kind for value in given):
        problem(key, f"given {given!r}; allowed: a list of {what}")
        return frozenset()
    if key == "post_types" and (unknown := [value for value in given if value not in POST_TYPES]):
        problem(key, f"given {unknown[0]!r}; allowed: {' and '.join(POST_TYPES)}")
    return frozenset(given)


def _hours(given: Any, problem: Callable[[str, str], None]) -> timedelta:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= MOST_HOURS:
        problem("give_up_hours", f"given {given!r}; allowed: a number above 0, {MOST_HOURS:g} at most")
        return timedelta(hours=GIVE_UP_HOURS)
    return timedelta(hours=given)
