"""The tokens of the settings, and the TOML file of further ones, a section each. No message repeats a token."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

from autopost.errors import ConfigurationError, Unreadable
from autopost.settings import PREFIX, Settings
from autopost.settings.bounded_file import parse_toml, read_bounded
from autopost.settings.http import MIN_TOKEN_CHARACTERS
from autopost.web.tokens import Identity, Token, Tokens, digest_of

MOST_TOKENS = 100
MOST_TENANT_CHARACTERS = 200
ACTING = "http-token"  # what the tokens of the settings are called
READING = "http-read-token"
_KEYS = ("token", "token_file", "sha256", "may", "tenant")
_SOURCES = ("token", "token_file", "sha256")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def tokens_from_settings(settings: Settings) -> Tokens:
    """Return all tokens. Raises ConfigurationError with every problem of the file, or for a token that stands twice."""
    tokens = []
    for name, secret, may_act in (
        (ACTING, settings.http_token, True),
        (READING, settings.http_read_token, False),
    ):
        if secret is not None:
            tokens.append(Token(Identity(name, may_act=may_act), digest_of(secret.get_secret_value())))
    if settings.http_tokens_file is not None:
        variable, path = f"{PREFIX}HTTP_TOKENS_FILE", settings.http_tokens_file
        try:
            text = read_bounded(path)
        except Unreadable as error:
            raise ConfigurationError(f"{variable}: cannot read {path}: {error}") from None
        tokens += parse_tokens(text, f"{variable}: {path}", path.expanduser().absolute().parent)
    first: dict[bytes, str] = {}
    for token in tokens:
        if (other := first.setdefault(token.digest, token.identity.name)) != token.identity.name:
            raise ConfigurationError(
                f"{PREFIX}HTTP_TOKENS_FILE: {other} and {token.identity.name} are the same token; expected: one each"
            )
    return Tokens(tokens)


def parse_tokens(text: str, source: str, folder: Path) -> list[Token]:
    """Return the tokens, in the order of the file. Raises ConfigurationError with every problem at once.

    `source` is where the text came from, `folder` where the files that it names are looked for.
    """
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ConfigurationError(f"{source}: {error}") from None
    problems: list[str] = []
    tokens = [_token(name, section, folder, problems) for name, section in document.items()]
    if not document:
        problems.append("there is no token in it; expected: a section each, such as [grafana]")
    if len(document) > MOST_TOKENS:
        problems.append(f"it has {len(document)} tokens; expected: at most {MOST_TOKENS}")
    if problems:
        raise ConfigurationError(f"{source} is invalid:\n" + "\n".join(f"  {problem}" for problem in problems))
    return [token for token in tokens if token is not None]


def _token(name: str, section: Any, folder: Path, problems: list[str]) -> Token | None:
    before = len(problems)
    shown = name if _NAME.fullmatch(name) else "(hidden)"
    if not isinstance(section, dict):
        problems.append(f"{shown}: is in no section; expected: under the name of a token, such as [grafana]")
        return None
    if shown != name:
        problems.append("[(hidden)]: expected: a name of 1 to 40 lower-case letters, digits, _ and -, a letter first")
    if name in (ACTING, READING):
        problems.append(f"[{name}]: is the name of a token of the settings; expected: another name")
    for key in section:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            known = key if re.fullmatch(r"[a-z_]{1,20}", key) else "(hidden)"
            meant = f"did you mean {near[0]}?" if near else f"expected: {', '.join(_KEYS)}"
            problems.append(f"[{shown}] {known}: not known; {meant}")
    digest = _digest(shown, section, folder, problems)
    may = section.get("may", "read")
    if may not in ("read", "act"):
        problems.append(f"[{shown}] may: expected: read or act")
    tenant = section.get("tenant")
    if tenant is not None and (not isinstance(tenant, str) or not 0 < len(tenant) <= MOST_TENANT_CHARACTERS):
        problems.append(f"[{shown}] tenant: expected: a tenant's id, 1 to {MOST_TENANT_CHARACTERS} characters")
    if tenant is not None and may == "act":
        problems.append(f'[{shown}] may: got act; expected: read, as actions concern all tenants, beside "tenant"')
    if digest is None or len(problems) > before:
        return None
    return Token(Identity(name, may_act=may == "act", tenant=tenant), digest)


def _digest(shown: str, section: dict[str, Any], folder: Path, problems: list[str]) -> bytes | None:
    """Return the SHA-256 of the token that a section has; None, and a problem, where it has none or several."""
    given = [key for key in _SOURCES if key in section]
    if len(given) != 1:
        problems.append(f"[{shown}]: has {' and '.join(given) or 'no token'}; expected: one of {', '.join(_SOURCES)}")
        return None
    (key,) = given
    value = section[key]
    if not isinstance(value, str) or not value:
        problems.append(f"[{shown}] {key}: expected: text in quotation marks")
        return None
    if key == "sha256":
        if not _DIGEST.fullmatch(value.lower()):
            problems.append(f"[{shown}] sha256: expected: 64 hexadecimal digits, as sha256sum prints them")
            return None
        return bytes.fromhex(value)
    if key == "token_file":
        try:
            value = read_bounded(folder / Path(value).expanduser()).strip()
        except (Unreadable, RuntimeError) as error:  # also nobody's home
            problems.append(f"[{shown}] token_file: cannot be read: {error}")
            return None
    if not len(value) >= MIN_TOKEN_CHARACTERS or not value.isascii() or not value.isprintable() or " " in value:
        allowed = f"at least {MIN_TOKEN_CHARACTERS} random ASCII characters, without spaces"
        problems.append(f"[{shown}] {key}: expected: {allowed}")
        return None
    return digest_of(value)
