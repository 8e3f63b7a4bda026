"""Credentials within URLs, headers and command lines; the rest of these is not redacted."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.mixture import is_coded
from autopost.redaction.rules.shape import has_wild_case, is_reference, is_uuid, trimmed
from autopost.redaction.rules.strength import MIXED, RANDOM, is_identifier, strength

_QUOTES = "\"'`"


def _is_basic(text: str, start: int, end: int) -> bool:
    """Return whether the base64 after `Basic` encodes `user:password` (RFC 7617)."""
    value = text[start:end]
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4))
    except binascii.Error:
        return False


def _opaque(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a token, without the full stop of the sentence. Unlike a word, it has a digit or is very long."""
    value = text[start:end].rstrip(".")
    if is_reference(value):
        return
    if any(map(str.isdigit, value)) or len(value) >= 32:
        yield start, start + len(value)


def _whole(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept the value of a header, without the punctuation of the sentence."""
    value = trimmed(text, start, end)
    if not is_reference(text[start:end]):
        yield start, value


_TIME = compiled(r"(?i)^[0-9]{1,2} ?: ?[0-9]{2}(?::[0-9]{2})?\s?(?:am|pm|h|uhr|z)?$")
_SAMPLES = frozenset(
    [
        "password",
        "passwd",
        "pass",
        "pw",
        "pwd",
        "secret",
        "passwort",
        "motdepasse",
        "dbpass",
        "dbpassword",
        "db_password",
        "xxx",
        "xxxx",
        "token",
        "mypassword",
        "pass_word",
    ]
)


def _is_userinfo(text: str, start: int, end: int) -> bool:
    """Return whether `user:password` is neither a sample of a manual nor a reference to a variable."""
    user, _, password = text[start:end].partition(":")
    return (
        password.strip("[]{}<>").lower() not in _SAMPLES
        and not (is_reference(password) and not password[:1].isalnum())
        and bool(user or password)
    )


def _is_pair(text: str, start: int, end: int) -> bool:
    """Return whether this is `user:password`, and not a time, ratio, path or label, by the second half."""
    _, _, password = text[start:end].replace("/", ":").partition(":")
    if _TIME.match(text[start:end]):
        return False
    if has_wild_case(password):
        return True
    return any(map(str.isdigit, password)) and any(map(str.isalpha, password)) and len(password) >= 4


def _is_login(text: str, start: int, end: int) -> bool:
    """Return whether this is `user:password`, and not two numbers of `docker run -u` or two variables."""
    user, _, password = text[start:end].partition(":")
    return (
        not (password.isdigit() and user.isdigit())
        and password[:1] not in {"$", "<", "{"}
        and not is_reference(password)
    )


_SESSION = (
    r"jsessionid|phpsessid|asp\.net_sessionid|connect\.sid|laravel_session|sid|(?:csrf|xsrf)(?:[ _-]?token)?|session(?:[ -]?(?:id|cookie|key|token))?(?: value)?|remember-?me(?: token| cookie)?|(?:login|auth) cookie"
    r"|sitzung(?:s-?(?:id|cookie|kennung|token|schlüssel))?|(?:jeton|cookie|identifiant|id) de session|(?:cookie|id|token) (?:de|di|da) (?:sesión|sesion|sessione|sessão)|sessie-?(?:id|cookie)|sessions-?(?:id|cookie|kaka)|(?:identyfikator|id|token|ciasteczko) sesji|oturum (?:kimliği|çerezi)|(?:id|токен|ключ|куки) сессии|セッション(?:ID|キー)?|会话(?:ID|令牌)?|세션(?: ID)?"
)


def _is_session(text: str, start: int, end: int) -> bool:
    """Return whether a value after a word for a session is one, and no name, date or number of a meeting."""
    value = text[start:end]
    return not is_uuid(value) and not is_identifier(value) and (is_coded(value, 8) or strength(value) >= RANDOM)


RULES = (
    Rule(
        "CREDENTIALS",
        r"(?i)\b[a-z][a-z0-9+.-]{1,30}://([^\s/?#@:\"'<>]*:[^\s/\"'<>]+)@[\w\[]",
        source="RFC 3986 3.2.1, userinfo",
        anchor=r"://[^\s/?#@:\"'<>]*:[^\s\"'<>]+@",
        score=0.97,
        refine=single(_is_userinfo),
        name="url",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|oracle|cockroachdb|clickhouse|kafka|nats|ldaps?|ftps?|sftp|smtps?)"
        r"(?:\+[a-z0-9]+)?://([^\s@:\"'<>]*:[^\s\"'<>]+)@[\w\[]",
        source="connection URLs of databases and brokers, with unescaped signs in the password",
        anchor=r"://[^\s@:\"'<>]*:[^\s\"'<>]+@",
        score=0.97,
        refine=single(_is_userinfo),
        name="connection-url",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\bhttps?://([^\s/?#@:\"'<>]{8,}):?@[\w\[]",
        source="RFC 3986 3.2.1, a token as the user",
        anchor=r"://[^\s/?#@:\"'<>]{8,}:?@",
        score=0.97,
        refine=_opaque,
        name="url-token",
    ),
    Rule(
        "AUTHORIZATION",
        r"(?i)\b(?:proxy-)?authorization[\\\"'`]{0,2}\s{0,3}[:=]\s{0,3}[\\\"'`]{0,2}(?:(?:basic|bearer|token|apikey|negotiate|bot|key|ssws|geniekey|splunk|zoho-oauthtoken|klaviyo-api-key|discogs|jwt|apitoken|api-token|pbx|private-token)\s+)([^\s\"'`<>,;]{3,})",
        source="RFC 9110 11.6.2",
        anchor=r"(?i)authorization",
        score=0.96,
        refine=_whole,
        name="authorization",
    ),
    Rule(
        "AUTHORIZATION",
        r"(?i)\b(?:proxy-)?authorization[\\\"'`]{0,2}\s{0,3}[:=]\s{0,3}[\\\"'`]{0,2}((?:digest|hawk|oauth|aws4-hmac-sha256|signature|dpop|ntlm)\s+[^\n<>]{3,})",
        source="RFC 7616, RFC 5849, AWS Signature Version 4: parameters to the end of the line",
        anchor=r"(?i)authorization",
        score=0.96,
        name="authorization-parameters",
    ),
    Rule(
        "AUTHORIZATION",
        r"(?i)\b(?:proxy-)?authorization[\\\"'`]{0,2}\s{0,3}[:=]\s{0,3}[\\\"'`]{0,2}([A-Za-z0-9_.~+/=-]{12,})",
        source="a bare token as the header's value",
        anchor=r"(?i)authorization",
        score=0.95,
        refine=_opaque,
        name="authorization-bare",
    ),
    Rule(
        "AUTHORIZATION",
        r"(?i)\bbearer\s{1,3}([A-Za-z0-9_.~+/-]{8,}={0,2})",
        source="RFC 6750 2.1",
        anchor=r"(?i)\bbearer\s{1,3}[A-Za-z0-9_.~+/-]{8}",
        score=0.95,
        refine=_opaque,
        name="bearer",
    ),
    Rule(
        "AUTHORIZATION",
        r"\b[Bb]asic\s{1,3}([A-Za-z0-9+/]{6,}={0,2})",
        source="RFC 7617",
        anchor=r"\b[Bb]asic\s{1,3}[A-Za-z0-9+/]{6}",
        score=0.95,
        refine=single(_is_basic),
        name="basic",
    ),
    Rule(
        "COOKIE",
        r"(?i)\b(?:set-)?cookie\s?:\s*([a-z0-9_.-]+=[^\n<>]{4,})",
        source="RFC 6265 4",
        anchor=r"(?i)\bcookie\s?:",
        name="cookie-header",
    ),
    Rule(
        "COOKIE",
        r"(?i)(?:\b|_)(?:phpsessid|jsessionid|connect\.sid|sid|ct0|li_at|cf_clearance|csrftoken|xsrf-token|auth_token|session cookie|(?:[a-z_]+_)?sess(?:ion)?(?:[_-]?(?:id|key|token|cookie))?|remember_(?:user_|me_)?token|\.?aspnetcore\.[a-z.]+)\s?=\s?[\"']?([^\s;,&\"'<>]{8,})",
        source="session cookies of Django, PHP, Java, Express",
        anchor=r"(?i)(?:sess(?:ion)?(?:[_ -]?(?:id|key|token|cookie))?|sid|ct0|li_at|cf_clearance|csrftoken|xsrf-token|_token|aspnetcore\.[a-z.]+)\s?=",
        refine=single(lambda text, start, end: strength(text[start:end]) >= MIXED),
        name="session-cookie",
    ),
    Rule(
        "COOKIE",
        rf"(?i)(?:\b|[^\pL\pN]|[\p{{Han}}\p{{Hiragana}}\p{{Hangul}}])(?:{_SESSION})[\"'`]?(?:\s?[:=]\s?|\s(?:is|was|named|with|mit|avec|con|ist|est|es|è)\s|\s)[\"'`]?(?:sid\s?[:=]\s?)?([A-Za-z0-9][A-Za-z0-9%._~-]{{6,}}[A-Za-z0-9])",
        source="session cookies and forgery tokens after a word for them, in some 15 languages",
        anchor=rf"(?i)(?:\b|[^\pL\pN]|[\p{{Han}}\p{{Hiragana}}\p{{Hangul}}])(?:{_SESSION})[\"'`]?[\s:=]",
        score=0.75,
        refine=single(_is_session),
        name="session-after-word",
    ),
    Rule(
        "CREDENTIALS",
        rf"(?:^|\s)(?:-u[ =]?|(?:--user|--userpwd|--basic-auth)[ =])[{_QUOTES}]?([^\s:{_QUOTES}<>]+:[^\s{_QUOTES}<>]+)",
        source="curl(1): --user",
        anchor=r"(?:-u|--user|--userpwd|--basic-auth)[ =]?[^\s:]+:",
        refine=single(_is_login),
        name="user-option",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\b(?:cred(?:ential)?s?|log(?:ged )?[- ]?in|log(?:ged)? on|sign(?:ed)?[- ]in|logon)\b(?:\s(?:is|are|was|were|with|as|using|of|to))*\s?:?\s[\"'`]?([A-Za-z0-9_.@-]+ ?[:/] ?[^\s,;\"'`<>]{4,})",
        source="`user:password` and `user / password` after a word that says so",
        anchor=r"(?i)\b(?:cred|log|sign)",
        score=0.8,
        refine=single(_is_pair),
        name="pair-after-word",
    ),
)
