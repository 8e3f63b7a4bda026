"""Parts of a URL that give access: random path segments, signatures and tokens in parameters. The host stays."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.mixture import is_coded, is_mixture
from autopost.redaction.rules.shape import is_measure, is_uuid, trimmed
from autopost.redaction.rules.strength import (
    MIXED,
    NUMBERED,
    RANDOM,
    changes,
    is_hex_key,
    is_opaque,
    longest_run,
    strength,
)

# Parameters whose value gives access, and how long it is at least.
_PARAMETER = re.compile(r"[?&;#]([A-Za-z_][\w.~-]{0,40})=([^&;#\s\"'<>`|]+)")
_GIVES_ACCESS = re.compile(
    r"(?i)(?:.*[_.-])?(?:sig|podpis|подпись|imza|handtekening|firma|assinatura|signatur|clave|jeton|schl[uü]ssel|signature|hmac|mac|auth|authkey|key|apikey|api_key|appid|app_id|appkey|code|ticket|otp|token|tok|hash|secret|pass|pwd|password|sid|session|sessionid|credential"
    r"|policy|hdnts|hdnea|hdntl|jwt|st|t|k|nonce|state|invite|access|magic|oobcode|assertion|samlresponse|wt|login|verify|confirm(?:ation)?|reset)|.*(?:token|signature|secret|key|hash)"
)
# Of these any value with a digit gives access, if it is not a word of protocols.
_SIGNS = re.compile(
    r"(?i)(?:.*[_.-])?(?:sig|signature|podpis|подпись|imza|handtekening|firma|assinatura|signatur|hmac|auth|token|tok|ticket|otp|jwt|secret|magic|invite|jeton)"
)
_PROTOCOLS = re.compile(
    r"(?i)(?:o?auth|oidc|saml|basic|bearer|digest|api|page|user|test|step|next|item)?[-_]?v?[0-9.]*"
)
_HDNTS = re.compile(r"(?i)hmac=([0-9a-f]{16,})")
_MOST_PATH_CHARACTERS = 80
_SEGMENT = re.compile(r"[^/?#&=\s]{6,}")
_TRIGGER = re.compile(
    r"(?i)(?:^|[/._-])(?:reset|invit\w*|magic\w*|verif\w*|activat\w*|log-?in|sign-?in|signup|hooks?|webhooks?\w*|trigger|confirm\w*|unsubscribe|join|set-?password|password\w*|passwort\w*|recover\w*|auth\w*|token|otp|sso|accept\w*|unlock|onboard\w*|enrol\w*|rsvp|redeem|claim|survey|share|shared|s|d|catch|key|secret|callback|register)(?:[/._-]|$)"
)
_WEAK_TRIGGER = re.compile(r"(?i)(?:^|[/._-])(?:share|shared|s|d|callback)(?:[/._-]|$)")
_HOOK = re.compile(r"(?i)hook|/trigger/|/with/key/|/catch/|(?:^|[/.])ntfy\.")
# Words before a link that gives access to who has it.
_TOLD = re.compile(
    r"(?i)\b(?:log(?:ged|s|ging)?[ -]?(?:in|on)|sign(?:ed|s|ing)?[ -]?(?:in|on|up)|reset\w*|re-?activ\w*|invit\w*|confirm\w*|verif\w*|unsubscri\w*|record(?:ing|ed)s?|magic|one-click|guest|password|access|download\w*|(?:web)?hooks?|callback|upload|share[ds]?|sharing|private|secret|personal|link"
    r"|einlad\w+|eingeladen|zur[üu]ckset\w+|anmelde\w*|abmelde\w*|abbestell\w*|best[äa]tig\w*|passwort\w*|aufzeichnung\w*|aufnahme|zugang\w*|freigabe\w*|geteilt\w*"
    r"|lien|connexion|réinitialis\w*|confirmation|désabonn\w*|enregistrement|accès|mot de passe|partag\w*|télécharg\w*"
    r"|enlace|acceso|entrar|restablec\w*|invitación|(?:darse de )?baja|grabación|contraseña|compartid\w*|descarg\w*|acesso|convite|redefin\w*|gravação|senha|baixar"
    r"|accesso|accedere|invito|reimpost\w*|conferma|registrazione|disiscri\w*|scaric\w*|uitnodig\w*|inlog\w*|bevestig\w*|uitschrijf\w*|opname|herstel\w*|zaprosz\w*|logowani\w*|reset\w*|potwierdz\w*|nagrani\w*|hasł\w*"
    r"|inbjudan|återställ\w*|bekräft\w*|logga in|invitasjon|pozvánk\w*|davet\w*|giriş|onay\w*|ссылк\w*|приглаш\w*|вход\w*|сброс\w*|подтвержд\w*|запис\w+)\b|招待|ログイン|再設定|録画|确认|登录|邀请|重置|초대|로그인|رابط"
)
_TOLD_CHARACTERS = 60


def _secrets(text: str, start: int, end: int) -> Iterator[Span]:
    url_end = trimmed(text, start, end) if "&" not in text[start:end] else end
    while url_end > start and text[url_end - 1] in ".,;:!)]}'\"":
        url_end -= 1
    url = text[start:url_end]
    query = min((place for place in (url.find("?"), url.find("#")) if place >= 0), default=len(url))
    host = url.find("/", url.find("://") + 3) if "://" in url else url.find("/")
    told = "://" in url and _TOLD.search(text, max(0, start - _TOLD_CHARACTERS), start) is not None
    if 0 <= host < query:
        yield from _of_path(url, host, query, start, told=told)
    for match in _PARAMETER.finditer(url, max(0, query)):
        name, value = match.groups()
        left = start + match.start(2)
        if hmac := _HDNTS.search(value):
            yield left + hmac.start(1), left + hmac.end(1)
        elif _is_access(name, value, told or _TRIGGER.search(url[:query]) is not None):
            yield left, left + len(value)


def _of_path(url: str, host: int, query: int, start: int, *, told: bool) -> Iterator[Span]:
    path = url[host:query]
    for match in _SEGMENT.finditer(path):
        value = match.group()
        before = path[max(0, match.start() - _MOST_PATH_CHARACTERS) : match.start()]
        strong = (m := _TRIGGER.search(before)) is not None and (_WEAK_TRIGGER.search(m.group()) is None)
        if _is_public(url[:host], before):
            continue
        if private := _PRIVATE.search(value):
            yield start + host + match.start() + private.start(1), start + host + match.end()
        elif (
            is_opaque(value)
            or ("://" in url[:host] and is_mixture(value))
            or (told and (is_coded(value) or is_uuid(value)))
            or (strong and (is_coded(value, 8) or _is_ticket(value, _HOOK.search(url[:host] + before) is not None)))
        ):
            yield start + host + match.start(), start + host + match.end()


_PUBLIC = re.compile(
    r"(?i)/(?:commits?|blob|tree|raw|compare|pull|issues?|sha256:?|digest|artifacts?|assets?|static|dist|releases?|packages?|objects|docs?|wiki|questions|status|watch|embed|p|posts?|video"
    r"|runs?|jobs?|builds?|actions|pipelines?|deploy(?:ment)?s?|traces?|images?|img|photos?|products?|items?|articles?|news|blog|tags?|branch(?:es)?|layers?|incidents?|tickets?)/(?:[^/]*/)*$"
)


_PRIVATE = re.compile(r"(?i)(?:private|secret|token|key)[-_]([0-9a-f]{16,}|[A-Za-z0-9]{20,})$")


def _is_public(host: str, before: str) -> bool:
    return _PUBLIC.search(before) is not None


def _is_ticket(value: str, hook: bool) -> bool:
    """Return whether a segment behind a word such as `reset` is the token of a link and not a name."""
    if is_uuid(value) or is_hex_key(value):
        return True
    grade = strength(value)
    if hook:
        return grade >= MIXED or (grade >= NUMBERED and len(value) >= 7 and not value[:1].isupper())
    return len(value) >= 12 and grade >= MIXED


def _is_access(name: str, value: str, trigger: bool) -> bool:
    random = strength(value) >= RANDOM and not is_uuid(value) and not is_hex_key(value)
    if is_opaque(value) or (random and len(longest_run(value)) >= 14 and changes(value) >= 0.4):
        return True
    if trigger and is_mixture(value):
        return True
    if _GIVES_ACCESS.fullmatch(name) is None:
        return False
    if is_mixture(value) or (trigger and is_coded(value)):
        return True
    if len(value) >= 6 and any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and not is_measure(value):
        if _SIGNS.fullmatch(name) and _PROTOCOLS.fullmatch(value) is None:
            return True
        if trigger and name.lower() in {"code", "pass", "pin", "k", "key"} and _PROTOCOLS.fullmatch(value) is None:
            return True
    short = name.lower() in {
        "t",
        "k",
        "st",
        "wt",
        "code",
        "state",
        "key",
        "hash",
        "id",
        "nonce",
        "policy",
        "session",
        "sid",
    }
    least = 6 if name.lower() == "otp" else 12 if trigger and not short else 16 if short else 8
    if is_uuid(value) or is_hex_key(value):
        return True
    if value.isdigit():
        return name.lower() in {"otp", "code", "pin", "token"} and 4 <= len(value) <= 8
    return len(value) >= least and (
        strength(value) >= MIXED
        or (len(value) >= 16 and any(map(str.isdigit, value)) and strength(value) >= NUMBERED)
        or "%" in value
    )


RULES = (
    Rule(
        "URL_TOKEN",
        r"(?i)\b(?:[a-z][a-z0-9+.-]{1,20}://|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/|/[a-z0-9_-]+(?:/[a-z0-9_-]+)*[/?])[^\s\"'<>`|]{6,}",
        "RFC 3986: path and query of a link that signs in or is signed",
        anchor=r"(?i)(?:://|\.[a-z]{2,}(?::\d+)?/|[a-z0-9_-][/?])[^\s\"'<>`|]{6}",
        score=0.7,
        refine=_secrets,
        name="access",
    ),
)
