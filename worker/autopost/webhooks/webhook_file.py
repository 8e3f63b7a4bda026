"""The TOML file of webhooks, a section each. Error messages repeat nothing of it that may be a secret."""

from __future__ import annotations

import base64
import binascii
import contextlib
import difflib
import ipaddress
import re
import ssl
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from autopost.errors import ConfigurationError, Unreadable
from autopost.settings.bounded_file import parse_toml, read_bounded
from autopost.settings.field import PREFIX
from autopost.settings.webhooks import Network
from autopost.webhooks.addresses import is_within, may_be_reached
from autopost.webhooks.kinds import MAIL_SCHEMES, contradiction, kind_of, misdirection
from autopost.webhooks.schedule import EXAMPLES, Schedule, parse_schedule
from autopost.webhooks.webhook import GIVE_UP_HOURS, LISTS, Importance, Mail, Webhook, WebhookFilter, WebhookKind

MAX_HOURS = 144.0  # less than the log keeps what a consumer has not delivered
MIN_SECRET_BYTES = 24  # https://github.com/standard-webhooks/standard-webhooks, "Signature scheme"
MAX_SECRET_BYTES = 64
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
POST_TYPES = ("status", "alert")
NETWORKS = f"{PREFIX}WEBHOOK_NETWORKS"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_WORD = re.compile(r"(?!whsec_)[A-Za-z0-9_.-]{1,24}")  # too short, or too plain, to be a secret
# What a request says by itself.
_OWN_HEADERS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent", "accept-encoding"}
)
_MAIL_KEYS = ("from", "to", "user", "password", "password_file")
_HTTP_KEYS = ("secret", "secret_file", "headers")
_KEYS = (
    "kind",
    "url",
    "url_file",
    "importance",
    *_HTTP_KEYS,
    *_MAIL_KEYS,
    "ca_file",
    "give_up_hours",
    "summary",
    *LISTS,
)
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")

Problem = Callable[[str], None]
About = Callable[[str, str], None]  # a key, and what is wrong with it


def parse_webhooks(text: str, source: str, folder: Path, allowed: Collection[Network] = ()) -> list[Webhook]:
    """Return the webhooks, in the order of the file. Raises ConfigurationError with every problem at once.

    `source` is where the text came from, `folder` where the files that it names are looked for, `allowed` the networks
    that webhooks may reach beside the public ones.
    """
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ConfigurationError(f"{source}: {error}") from None
    problems: list[str] = []
    webhooks = [_webhook(name, section, folder, allowed, problems.append) for name, section in document.items()]
    if not document:
        problems.append("there is no webhook in it; expected: a section each, such as [alerts]")
    if problems:
        raise ConfigurationError(f"{source} is invalid:\n" + "\n".join(f"  {problem}" for problem in problems))
    return [webhook for webhook in webhooks if webhook is not None]


def _webhook(name: str, section: Any, folder: Path, allowed: Collection[Network], problem: Problem) -> Webhook | None:
    if isinstance(section, list):
        problem(f"[[{_shown(name)}]]: a list; expected: a section with one pair of brackets")
        return None
    if not isinstance(section, dict):
        problem(f"{_shown(name)}: is in no section; expected: under the name of a webhook, such as [alerts]")
        return None
    if not _NAME.fullmatch(name):
        problem(f"[{_shown(name)}]: expected: a name of 1 to 40 lower-case letters, digits, _ and -, a letter first")

    def about(key: str, what: str) -> None:
        problem(f"[{_shown(name)}] {key}: {what}")

    for key in section:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            meant = f"did you mean {near[0]}?" if near else f"expected: {', '.join(_KEYS)}"
            about(_shown(key), f"not known; {meant}")
    url = _from_file_or_here("url", section, folder, about)
    kind = _kind(section, _parts(url), about)
    url = _url(url, kind, allowed, about)
    secret = _secret(kind, section, folder, about)
    headers = _headers(section.get("headers", {}), about)
    mail = _mail(kind, section, folder, about)
    ca_file = _authority(section, folder, about)
    lists = {key: _filter(key, section[key], about) for key in LISTS if key in section}
    wanted = WebhookFilter(**lists, importance=_importance(section.get("importance", "all"), about))
    give_up_after = _hours(section.get("give_up_hours", GIVE_UP_HOURS), about)
    summary = _schedule(section.get("summary"), about)
    if wanted.importance is Importance.NONE and "summary" not in section:
        about("importance", 'got none, so nothing is sent; expected: also a summary, such as "08:00 Europe/Berlin"')
    if kind is None:
        return None
    return Webhook(name, kind, url, secret, headers, ca_file, wanted, give_up_after, mail, summary)


def _shown(value: Any) -> str:
    """Return a value as it may be seen: numbers and plain short words."""
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else "(hidden)"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return "(hidden)" if isinstance(value, dict) else str(value)


def _kind(section: dict[str, Any], parts: SplitResult | None, about: About) -> WebhookKind | None:
    """Return the kind that is given, or that the address says."""
    given = section.get("kind")
    recognized = kind_of(parts) if parts is not None else None
    if given is None and recognized is not None:
        return recognized
    if not isinstance(given, str) or given not in list(WebhookKind):
        near = difflib.get_close_matches(str(given), list(WebhookKind), n=1, cutoff=0.75)
        expected = f"did you mean {near[0]}?" if near else f"expected: {', '.join(WebhookKind)}"
        about("kind", f"{'missing' if given is None else f'got {_shown(given)}'}; {expected}")
        return None
    kind = WebhookKind(given)
    if parts is not None and parts.hostname and (problem := contradiction(kind, parts)):
        about("kind", f"got {kind}, but {problem}")
        return None
    return kind


def _parts(url: str | None) -> SplitResult | None:
    """Return the parts of an address, None if it is none."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url or "")
        if parts.hostname and (parts.port is None or parts.port > 0):
            return parts
    return None


def _from_file_or_here(key: str, section: dict[str, Any], folder: Path, about: About) -> str | None:
    """Return a value that stands here or in a file of its own; None, and a problem, when it is in neither or both."""
    in_file = f"{key}_file"
    if (key in section) == (in_file in section):
        about(key, f"{'given twice' if key in section else 'missing'}; expected: {key} or {in_file}")
        return None
    if key in section:
        value = section[key]
        if isinstance(value, str) and value:
            return value
        about(key, "is not a text, or an empty one")
        return None
    path = _path(in_file, section, folder, about)
    if path is None:
        return None
    try:
        lines = read_bounded(path).strip().splitlines()
    except Unreadable as error:
        about(in_file, f"cannot read {path}: {error}")
        return None
    if len(lines) != 1:
        about(in_file, f"{path} {'has more than one line' if lines else 'is empty'}")
        return None
    return lines[0]


def _path(key: str, section: dict[str, Any], folder: Path, about: About) -> Path | None:
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        about(key, f"got {_shown(value)}; expected: the path of a file")
        return None
    if "://" in value or value.startswith(SECRET_PREFIX):
        about(key, f"is not a path; expected: the path of a file, or {key.removesuffix('_file')} in its place")
        return None
    try:
        path = folder / Path(value).expanduser()
        if not path.is_file():
            about(key, f"{path} {'is not a regular file' if path.exists() else 'is not there'}")
            return None
    except (OSError, RuntimeError, ValueError) as error:  # nobody's home, a name that is too long, a NUL
        about(key, f"cannot be looked up: {getattr(error, 'strerror', None) or error}")
        return None
    return path


def _url(value: str | None, kind: WebhookKind | None, allowed: Collection[Network], about: About) -> str:
    """Return the address; what is wrong with it is said without it, as it may be the secret."""
    if value is None:
        return ""
    parts = _parts(value)
    if parts is None or parts.scheme not in ("https", "http", *MAIL_SCHEMES):
        about("url", "not an address of the web or of a mail server; expected: https://host/path or smtp://host:port")
    elif parts.username is not None or parts.password is not None:
        instead = "the keys user and password" if parts.scheme in MAIL_SCHEMES else "headers, as Authorization"
        about("url", f"has a user or password in it; expected: such go into {instead}")
    elif not value.isascii() or not value.isprintable() or " " in value:
        about("url", "has characters that an address has not; expected: as a browser shows it when it is copied")
    elif parts.scheme in MAIL_SCHEMES and (parts.path.strip("/") or parts.query):
        about("url", "has more than the server's name and port; expected: smtp://host:port")
    elif refusal := _refusal(parts, allowed):
        about("url", refusal)
    elif kind is not None and (problem := misdirection(kind, parts)):
        about("url", problem)
    return value


def _refusal(parts: SplitResult, allowed: Collection[Network]) -> str | None:
    """Return why no request can go there; an address behind a name is judged when it is connected to."""
    held = f"what {NETWORKS} holds ({', '.join(map(str, allowed)) or 'it is not set'})"
    host = parts.hostname or ""
    is_plain = parts.scheme == "http"
    if is_plain and not allowed:
        return f"without TLS; expected: https://, or http:// to {held}"
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None
    if is_within(address, allowed) if is_plain else may_be_reached(address, allowed):
        return None
    what = "without TLS" if is_plain and may_be_reached(address, allowed) else "no public address"
    return f"{host} is {address}, {what}; expected: public ones over https://, and {held}"


def _secret(kind: WebhookKind | None, section: dict[str, Any], folder: Path, about: About) -> bytes | None:
    if kind is not WebhookKind.WEBHOOK:
        for key in ("secret", "secret_file"):
            if kind is not None and key in section:
                instead = "expected: user and password" if kind is WebhookKind.EMAIL else "its address is the secret"
                about(key, f"a webhook of kind {kind} signs nothing; {instead}")
        return None
    value = _from_file_or_here("secret", section, folder, about)
    if value is None:
        return None
    encoded = value.removeprefix(SECRET_PREFIX)
    try:
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if encoded == value or not MIN_SECRET_BYTES <= len(secret) <= MAX_SECRET_BYTES:
        example = f'echo "{SECRET_PREFIX}$(openssl rand -base64 32)"'
        about("secret", f"expected: {SECRET_PREFIX} and 24 to 64 random bytes in base64, as {example} prints")
        return None
    return secret


def _mail(kind: WebhookKind | None, section: dict[str, Any], folder: Path, about: About) -> Mail | None:
    if kind is not WebhookKind.EMAIL:
        for key in _MAIL_KEYS:
            if kind is not None and key in section:
                about(key, f"a webhook of kind {kind} has none; expected: only with kind email")
        return None
    if "headers" in section:
        about("headers", "a webhook of kind email sends none")
    sender, to = section.get("from"), section.get("to")
    if not isinstance(sender, str) or not _MAILBOX.fullmatch(sender):
        about("from", f"{'missing' if sender is None else 'not an address'}; expected: such as autopost@example.com")
        sender = ""
    recipients = [to] if isinstance(to, str) else to
    if not isinstance(recipients, list) or not recipients:
        about("to", 'missing; expected: such as ["team@example.com"]' if not to else "not a list of addresses")
        recipients = []
    elif not all(isinstance(address, str) and _MAILBOX.fullmatch(address) for address in recipients):
        about("to", 'not addresses; expected: such as ["team@example.com"]')
        recipients = []
    user, has_password = section.get("user"), "password" in section or "password_file" in section
    if user is not None and (not isinstance(user, str) or not user or not user.isprintable()):
        about("user", "is not a text, or an empty one")
    if has_password != (user is not None):
        about("user", f"{'missing' if has_password else 'without a password'}; expected: user and password, or neither")
    password = _from_file_or_here("password", section, folder, about) if has_password else None
    return Mail(sender, tuple(recipients), user, password)


def _headers(given: Any, about: About) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict):
        about("headers", 'not a table; expected: such as {Authorization = "Bearer ..."}')
        return ()
    for name, value in given.items():
        if not _HEADER.fullmatch(name):
            about("headers", f"{_shown(name)} is not a valid name of a header")
        elif name.lower() in _OWN_HEADERS or name.lower().startswith("webhook-"):
            about("headers", f"{name} may not be given")
        elif not isinstance(value, str) or not value.isascii() or not value.isprintable() or value != value.strip():
            about("headers", f"{name} is not a text that a header can carry")
    return tuple((name, value) for name, value in given.items())


def _authority(section: dict[str, Any], folder: Path, about: About) -> Path | None:
    path = _path("ca_file", section, folder, about)
    if path is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError:  # which SSLError is too
            about("ca_file", f"{path} holds no certificate; expected: a file of PEM certificates")
    return path


def _filter(key: str, given: Any, about: About) -> frozenset[Any]:
    kind: type = int if key == "rules" else str
    what = "numbers of rules, such as [9, 10]" if key == "rules" else 'texts, such as ["one", "another"]'
    if not isinstance(given, list) or not given or any(type(value) is not kind for value in given):
        about(key, f"got {_shown(given)}; expected: a list of {what}")
        return frozenset()
    if key == "post_types" and (unknown := [value for value in given if value not in POST_TYPES]):
        about(key, f"got {_shown(unknown[0])}; expected: {' and '.join(POST_TYPES)}")
    return frozenset(given)


def _importance(given: Any, about: About) -> Importance:
    if isinstance(given, str) and given in list(Importance):
        return Importance(given)
    about("importance", f"got {_shown(given)}; expected: {', '.join(Importance)}")
    return Importance.ALL


def _schedule(given: Any, about: About) -> Schedule | None:
    if given is None:
        return None
    if not isinstance(given, str):
        about("summary", f"got {_shown(given)}; expected: a text, {EXAMPLES}")
        return None
    try:
        return parse_schedule(given)
    except ValueError as error:
        about("summary", str(error))
        return None


def _hours(given: Any, about: About) -> timedelta:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= MAX_HOURS:
        about("give_up_hours", f"got {_shown(given)}; expected: a number above 0, {MAX_HOURS:g} at most")
        return timedelta(hours=GIVE_UP_HOURS)
    return timedelta(hours=given)
