"""Values of a webhook's section that are secret, or stand in files beside it. Messages repeat nothing of them."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autopost.errors import Unreadable
from autopost.settings.bounded_file import read_bounded
from autopost.webhooks.webhook import WebhookKind

MIN_SECRET_BYTES = 24  # https://github.com/standard-webhooks/standard-webhooks, "Signature scheme"
MAX_SECRET_BYTES = 64
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
_WORD = re.compile(r"(?!whsec_)[A-Za-z0-9_.-]{1,24}")  # too short, or too plain, to be a secret

About = Callable[[str, str], None]  # a key, and what is wrong with it


def shown(value: Any) -> str:
    """Return a value as it may be seen: numbers and plain short words."""
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else "(hidden)"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return "(hidden)" if isinstance(value, dict) else str(value)


def from_file_or_here(key: str, section: dict[str, Any], folder: Path, about: About) -> str | None:
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
    path = path_in(in_file, section, folder, about)
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


def path_in(key: str, section: dict[str, Any], folder: Path, about: About) -> Path | None:
    """Return the file that a key names; None, and a problem, where it is not there."""
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        about(key, f"got {shown(value)}; expected: the path of a file")
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


def secret_in(kind: WebhookKind | None, section: dict[str, Any], folder: Path, about: About) -> bytes | None:
    """Return the secret with which a webhook's messages are signed; None for a kind that signs nothing."""
    if kind is not WebhookKind.WEBHOOK:
        for key in ("secret", "secret_file"):
            if kind is not None and key in section:
                instead = "expected: user and password" if kind is WebhookKind.EMAIL else "its address is the secret"
                about(key, f"a webhook of kind {kind} signs nothing; {instead}")
        return None
    value = from_file_or_here("secret", section, folder, about)
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


def authority_in(section: dict[str, Any], folder: Path, about: About) -> Path | None:
    """Return the file of certificates that a webhook trusts."""
    path = path_in("ca_file", section, folder, about)
    if path is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError:  # which SSLError is too
            about("ca_file", f"{path} holds no certificate; expected: a file of PEM certificates")
    return path
