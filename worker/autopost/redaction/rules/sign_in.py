"""Passwords in a sentence about signing in or typing, without a word for a password."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.near import MOST_CHARACTERS, NAMED, SENTENCE_END, Needs, after, values_between
from autopost.redaction.rules.shape import is_measure, is_reference, is_uuid, trimmed
from autopost.redaction.rules.strength import MIXED, NUMBERED, follows_digest, is_machine, strength

_WITH = re.compile(
    r"(?i)(?:\b(?:with|using|is|are|need(?:s|ed)?|takes?|took|requires?|wants?|accepts?|with [\w@.-]+ and|mit|avec|con|com|med|met|cu|s|z|с|hasłem)|/|:)\s[\"'`(]?$"
)


_TO_SIGN_IN = re.compile(
    r"(?i)\b(?:use[ds]?|using|enter(?:ed|ing)?|typ(?:ed|ing|e)|with)\s[\"'`(]?([^\s\"'`<>()]{8,40})[\"'`)]?\s(?:to|for|when)\s(?:\w+\s)?$"
)


def _signed_in(text: str, start: int, end: int) -> Iterator[Span]:
    used = _TO_SIGN_IN.search(text[max(0, start - 80) : start])
    if used is not None and strength(used.group(1)) >= NUMBERED and not is_machine(used.group(1)):
        offset = max(0, start - 80)
        yield offset + used.start(1), offset + used.end(1)
    if (told := _WORDS_AND_NUMBER.match(text, end)) is not None and _is_remembered(told.group(1)):
        yield told.span(1)
    for left, right in after(text, start, end, 0, Needs(MIXED, MIXED, MIXED, 6)):
        if _WITH.search(text[end:left]) and not follows_digest(text, left) and not is_uuid(text[left:right]):
            yield left, right


# What people can remember, after `with`: `logs in with maltster-Kettle88`, `as intern with Blue.Kettle3`.
_WORDS_AND_NUMBER = re.compile(
    r"(?i)(?:\s(?:as|to|into|on|en|als|como)\s(?:[\w@.-]+\s){1,4}?|\s(?:is|are)\s(?:now\s)?|\s)(?:(?:with|using|mit|avec|con|com|met|med|är|now)\s)?(?:[\w@.-]{2,24}\s(?:and|und|et|y|e|en|och|og|/)\s)?[\"'`]?([^\W\d_]{3,}(?:[-_.][^\W_]{2,}){0,3}[-_.]?\d{0,4}[!?#$%*]*)(?=[\"'`]?(?:[.,;!?)]?(?:\s|$)))"
)
_NAMES_AND_NUMBER = re.compile(
    r"(?:[A-Z][a-z]{2,}[-_.]){2,4}[0-9]{1,5}[!?#$%*]*|[A-Z][a-z]{3,}[-_.][0-9]{2,4}[-_.][A-Z][a-z]{3,}"
)
# Programs and ways to sign in that have a number.
_NUMBERED_NAMES = re.compile(
    r"(?i)(?:iphone|ipad|galaxy|pixel|macbook|surface|thinkpad|face ?id|touch ?id|apple|google|samsung|huawei|xiaomi|xbox|playstation|kindle|gmail|outlook|yubikey|passkey|okta|auth|azure|keycloak|device|laptop|phone|tablet|profile|account|office|windows|win|firefox|chrome|safari|edge|o?auth|saml|webauthn|fido|u2f|tls|ios|ipados|macos|android|python|node|web|sap|microsoft|m365|o365|ipv|http|sha|imap|smtp|pop|utf|mfa|2fa|totp|s4hana|web3|version|release|v|test|user|admin|guest|group|team|station|till|desk|room|terminal|client|covid)[-_.]?\d"
)


def _is_remembered(value: str) -> bool:
    """Return whether words have a number at their end or within, and are not the name of a program or a machine."""
    if sum(map(str.isdigit, value)) < 1 or _NUMBERED_NAMES.match(value) or is_machine(value) or _YEAR.search(value):
        return False
    if _NAMES_AND_NUMBER.fullmatch(value):
        return True
    long = len(value) >= 8 and any(map(str.isupper, value))
    return strength(value) >= NUMBERED and (long or any(c in "-_.!?#$%*" for c in value[:-1]))


_OF_ACCESS = re.compile(
    r"(?i)\b(?:typ(?:e[sd]?|ing)|enter(?:s|ed|ing)?|prompt(?:s|ed)?|vpn|log(?:s|ged|ging)?[ -]?(?:in|on|into)|logins?|sign(?:s|ed|ing)?[ -]?(?:in|on)|unlock(?:s|ed)?|opened|get into|got in(?:to)?|protected|attempt|admin|root|user|pass|credentials?|creds|router|wi-?fi|ssid|network|access|authenticat\w+|decrypt\w*|unzip\w*|accepted|rejected|changed it|reset it|rotated it)\b"
)


_TOLD_BEFORE = re.compile(
    r"(?i)(?:\b(?:with|using|typed|typing|entered|entering|pass|pw|(?:the )?word|password|used|use|try|tried|gave|set it to|from|(?:is|was)(?:\s(?:still|now|again|just))?|and)|[:=\"'`|/])\s?[\"'`(]?$"
)
_TOLD_AFTER = re.compile(
    r"(?i)[\"'`)]?\s(?:is what|works|worked|opened|opens|succeeded|failed|was (?:accepted|rejected)|got|unlock(?:s|ed)|to (?:log|get|sign|unlock|open)|as|for)\b"
)
_YEAR = re.compile(r"[-_](?:19|20)\d\d$")


def _typed(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept what looks like a password people can remember, if its sentence is about signing in or typing."""
    offset = max(0, start - MOST_CHARACTERS)
    before = SENTENCE_END.split(text[offset:start])[-1]
    after = SENTENCE_END.split(text[end : end + MOST_CHARACTERS])[0]
    if text[end - 1] in "!?" and text[end : end + 2].strip()[:1].isupper():
        return  # an exclamation
    if text[end - 1] == "!" and not text[end : end + 1].strip() and not text[end : end + 2].strip():
        return
    told = _TOLD_BEFORE.search(before) or _TOLD_AFTER.match(after) or (before.endswith(" to ") and " from " in before)
    if (
        told
        and _YEAR.search(text[start:end]) is None
        and not is_machine(text[start:end])
        and _OF_ACCESS.search(f"{before} {after}")
        and not NAMED.search(before)
        and text[start - 1 : start] not in {"/", "#", "_"}
    ):
        yield start, end


# Where a password is typed or told: signing in, what is locked, and other names for a password.
_ACCESS = r"(?i)\b(?:log(?:ged|ging|s)?[ -]?(?:in|on|into)|logins?|sign(?:ed|ing|s)?[ -]?(?:in|on)|unlock(?:s|ed|ing)?|open(?:s|ed)? with|to open|locked|locking|protected|encrypted|zipped|get(?:s|ting)?(?: \w+)? in(?:to)?|got(?: \w+)? in(?:to)?|let(?:s|ting)? (?:me|us|you|him|her|them) in|portal|mailbox|(?:booking|service|user|his|her|my|their) account|accounts? kept|jump ?host|extranet|root|admin\w*|pa(?:\$\$|s{1,2})w[o0]rd|(?:\w's|the|app|old|new) pass|pw|pwd|(?:temporary|secret|old|new|same) word|the old one|the (?:word|usual)|credentials?|creds|pass for (?:the|my|our)|set (?:me|us|him|her|them) up with|locks? (?:you|me|us|him|her|them) out|spotify|amazon|ebay|instagram|whatsapp web|capital \w|icloud|apple id|gmail|netflix|paypal|dropbox|caps (?:lock|matter)|case matters|lower ?case|upper ?case|when (?:asked|prompted)|wi-?fi|router|e-?mail|[\w.-]+@[\w-]+\.\w+|<EMAIL_ADDRESS>)"
_TOLD_TO_SIGN_IN = re.compile(
    r"(?i)(?:\b(?:with|using|typ(?:es?|ed|ing)|enter(?:s|ed|ing)?|uses?|used|via|tried|trying|tries|gave|gives|wants?|takes?|accept(?:s|ed)?|rejected|refused|needs?|put|and|set to|changed to|reset to|that|then|and then|still|always use|(?:is|was|be|it's|are)(?:\s(?:still|now|again|just|simply|currently))?|word|one|usual|pass|pw|pwd|to|from|password)|[:=,(—–-]|\? (?:still|it is|it's)?)[,:]?\s?[\"'`(]?$"
)
_TELLS_OF_SIGN_IN = re.compile(
    r"(?i)[\"'`)]?,?\s(?:(?:is|was) what|works?\b|worked|opened|opens|succeeded|failed|was (?:accepted|rejected)|is accepted|gets? (?:you|me|us|him|her|them)|got (?:me|us|him|her|them)|lets? (?:you|me|us|him|her|them)|unlock(?:s|ed)?|and (?:it|that) (?:let|worked|opened|got)|to (?:log|get|sign|unlock|open)|as (?:the |my |his |her |a )?(?:\w+ )?(?:pw|pwd|pass|login|word)|when (?:asked|prompted))"
)
# As names of products and events are written, too.
_WITH_YEAR = re.compile(r"(?:[A-Z][a-z]+)+(?:19|20)\d\d")
_IN_PRODUCT = re.compile(r"(?i)\b(?:opened with|entered|in|sync with)\s$")
_ENDS_CLAUSE = re.compile(r"[\"'`)]?\s?(?:[.,;!?)]|$)")
_PART = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")
_SIGNS = frozenset("!#$%&*+^?")
_NAME_OF_THING = re.compile(
    r"(?:[a-z]{2,}[-_.])*[a-z]{2,}[-_.]?[0-9]{1,3}(?:[-_.][a-z0-9]{1,8})*|[A-Z0-9._-]+|v?[0-9][0-9.x-]*\w{0,4}|(?:[A-Z][a-z]*)+[0-9.]{1,2}|[A-Z][a-z]+[-_.][0-9]"
)
_OF_WORK = re.compile(
    r"(?i)password.*|(?:alt|ctrl|shift|cmd|option)\+.*|.*(?:release|candidate|version|build|sprint|module|phase|ticket|issue|room|floor|chapter|config|example|sample).*|.*#"
)


def is_chosen(value: str) -> bool:
    """Return whether words with numbers or signs in them are none of a machine, a release, a code or a program."""
    if not 6 <= len(value) <= 40 or not value[0].isalnum() or not value.isascii() or value[-1] in "-_=":
        return False
    if "/" in value or "(" in value or "@" in value[1:]:
        return False
    signs = not _SIGNS.isdisjoint(value[:-1])
    digits = any(map(str.isdigit, value))
    if not (signs or digits):
        return False
    if (
        is_machine(value)
        or _NUMBERED_NAMES.match(value)
        or _YEAR.search(value)
        or is_measure(value)
        or is_reference(value)
        or _OF_WORK.fullmatch(value)
    ):
        return False
    parts = [part for part in _PART.findall(value) if part.isalpha()]
    if not any(len(part) > 2 for part in parts):
        return False
    glued = re.fullmatch(r"[a-z]{4,}[0-9][a-z]{2,}|[A-Za-z]?[a-z]{4,}[0-9]{2,4}[!?#$%*]*", value) is not None
    if _NAME_OF_THING.fullmatch(value) and not glued:
        return False
    upper = any(map(str.isupper, value))
    return glued or signs or (digits and (upper or strength(value) >= MIXED or value[-1] in "!?#$%*"))


def _chosen(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield what people choose as a password, where a sentence about signing in tells one."""
    left = start - min(start, MOST_CHARACTERS)
    begin = left + max((match.end() for match in SENTENCE_END.finditer(text[left:start])), default=0)
    following = SENTENCE_END.search(text, end, end + MOST_CHARACTERS)
    stop = following.start() + 1 if following else min(len(text), end + MOST_CHARACTERS)
    if following and text[following.start()] == "?":
        stop = min(len(text), following.end() + MOST_CHARACTERS)
    for place, behind in values_between(text, begin, stop):
        right = trimmed(text, place, behind)
        while right > place and text[right - 1] in ",;*.":
            right -= 1
        if not is_chosen(text[place:right]):
            continue
        before = text[max(0, place - 24) : place]
        before = text[max(0, place - 24) : place]
        if (
            _WITH_YEAR.fullmatch(text[place:right])
            and _IN_PRODUCT.search(before)
            and not _ENDS_CLAUSE.match(text, right)
        ):
            continue
        if NAMED.search(before) or text[place - 1 : place] in {"/", "#", "_", "@", "."}:
            continue
        if _TOLD_TO_SIGN_IN.search(before) or _TELLS_OF_SIGN_IN.match(text, right):
            yield place, right


def _word_and_number(text: str, start: int, end: int) -> Iterator[Span]:
    value = text[start:end]
    if strength(value.rstrip("!?#$%*")) >= NUMBERED and not is_machine(value):
        yield start, end


_TO = re.compile(r"[\"'`]?\sto\s[\"'`]?([^\s\"'`<>]{6,})")


def _changed(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept the old value and the new one, if both look like a password."""
    old = strength(text[start:end])
    if old < MIXED and not (old == NUMBERED and text[end - 1] in "!?#$%&*"):
        return
    yield start, end
    new = _TO.match(text, end)
    if new is not None and strength(new.group(1).rstrip(".,;:!?")) >= NUMBERED:
        yield new.start(1), trimmed(text, *new.span(1))


def _used_to_be(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept the old value and the new one in or after a sentence about access."""
    before = text[max(0, start - MOST_CHARACTERS) : start]
    match = _USED_TO_BE.match(text, start)
    if match is None or _OF_ACCESS.search(before + match.group(1)) is None:
        return
    for group in (2, 3):
        right = trimmed(text, *match.span(group))
        value = text[match.start(group) : right]
        if strength(value) >= MIXED or _is_remembered(value) or _NAMES_AND_NUMBER.fullmatch(value):
            yield match.start(group), right


_USED_TO_BE = re.compile(
    r"(?i)([^.;\n]{0,0})(?:used to be|was|had been|until \w+ it was)\s[\"'`]?([^\s\"'`<>]{6,40}?)[\"'`]?,?\s(?:and |but )?(?:now (?:it's|it is|is)?|it's now|it is now|is now|today it's|since then)\s[\"'`]?([^\s\"'`<>]{6,40})"
)


def _encrypted_with(text: str, start: int, end: int) -> Iterator[Span]:
    end = trimmed(text, start, end)
    if (
        strength(text[start:end]) >= MIXED
        and not is_machine(text[start:end])
        and not _NUMBERED_NAMES.match(text, start)
    ):
        yield start, end


RULES = (
    Rule(
        "PASSWORD",
        r"(?i)\b(?:encrypted|protected|locked|unlocked|decrypted|sealed|zipped|verschlüsselt|chiffré|cifrado|protetto|zaszyfrowan\w) (?:with|using|by|mit|avec|con|hasłem)\s[\"'`]?([^\s\"'`<>]{6,40})",
        "a value that looks random, with which something was encrypted",
        anchor=r"(?i)\b(?:encrypted|protected|locked|unlocked|decrypted|sealed|zipped|verschlüsselt|chiffré|cifrado|protetto|zaszyfrowan\w) (?:with|using|by|mit|avec|con|hasłem)\s",
        score=0.7,
        refine=_encrypted_with,
        name="encrypted-with",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:used to be|was|had been|until \w+ it was)\s[\"'`]?[^\s\"'`<>]{6,40}?[\"'`]?,?\s(?:and |but )?(?:now|it's now|it is now|is now|today it's|since then)\s",
        "the old value and the new one",
        anchor=r"(?i)\s(?:now|it's now|it is now|is now|today it's|since then)\s",
        score=0.7,
        refine=_used_to_be,
        name="used-to-be",
    ),
    Rule(
        "PASSWORD",
        r"\b((?:[A-Za-z][a-z]{2,}[-_]){2,4}[0-9]{2,5}[!#$%&*]?|[A-Za-z]{3,}[0-9]{1,5}[!#$%&*][A-Za-z0-9]*|[A-Za-z]{3,}[!#$%&*][A-Za-z]*[0-9]{1,5}|[A-Za-z]{4,}[-_.][A-Za-z]{4,}[-_.]?[0-9]{1,5}[!#$%&*]?)(?:[\s\"'`.,;:)@]|$)",
        "words, a number and a sign, in a sentence about signing in or typing",
        anchor=r"[A-Za-z][a-z]{2,}[-_][A-Za-z][a-z]{2,}[-_][0-9]|[A-Za-z]{3}[0-9]{1,5}[!#$%&*]|[A-Za-z]{3}[!#$%&*][A-Za-z]*[0-9]|[A-Za-z]{4}[-_.][A-Za-z]{4,}[-_.]?[0-9]",
        score=0.7,
        refine=_typed,
        name="typed-or-signed-in",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:log-?ins?|credentials?|admin|root|access|account|keys?|codes?|user)\b[^\n.;<>]{0,30}?\sfrom\s[\"'`]?([^\s\"'`<>]{6,})[\"'`]?\sto\s[\"'`]?[^\s\"'`<>]{6,}",
        "the old value of what was changed",
        anchor=r"(?i)\b(?:log-?ins?|credentials?|admin|root|access|account|keys?|codes?|user)\b[^\n.;<>]*\sfrom\s",
        score=0.75,
        refine=_changed,
        name="changed-from",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\b(?:log(?:ged|ging)? ?-?(?:in|on|into|onto)|sign(?:ed|ing)? ?-?in(?:to)?|authenticated?|connected|accessed|logon|(?:admin|root|user|guest|shared|new) login|g[eo]t(?:ting)? in(?:to)?|unlock(?:s|ed)?|let (?:me|us|him|her|them) in|connexion|inicio de sesión|iniciar sesión|inici(?:é|ó) sesión|entrar|entrei|zalogowan[aoy]?|zalogowałe?m? si|prihl[aá]s\pL+|přihl[aá]s\pL+|inloggen|ingelogd|loggat? in|logget? (?:inn|ind)|eingeloggt|angemeldet|einloggen|anmelden|se connecter|accesso|accedere)\b|(?:loggat? in|logget? (?:inn|ind)) på|connecté|войти|вошла?|вош[её]л|вход",
        "a value after a word of signing in and `with`",
        score=0.7,
        refine=_signed_in,
        name="signed-in",
    ),
    Rule(
        "PASSWORD",
        _ACCESS,
        "words with numbers or signs, where a sentence about signing in or opening tells one",
        score=0.65,
        refine=_chosen,
        name="chosen-near-access",
    ),
    Rule(
        "PASSWORD",
        r"(?i)(?:\b(?:lets?|letting) (?:you|me|us|him|her|them|anyone) (?:straight )?in(?:to [\w ]{2,24})? (?:with|using)|\b(?:locked|protected|encrypted)\b[^.\n]{0,30}?\b(?:you need|use|enter|type)|\b(?:locked out|caps lock)\b[^.\n]{0,40}?[,;:]|\b(?:zip|archive|file|pdf|folder|login|portal|router|printer|laptop|tablet|it) (?:wants|takes|accepts|asks for)|\bpass)\s[\"'`]?([A-Za-z]{4,}[._-]?\d{1,4}[!?#$%*]*)(?:[\"'`]?\s?(?:[.,;!?)]|$)|\s(?:to|is|and|until|before|or)\b)",
        "a word and a number with which somebody gets in, without a word for a password",
        anchor=r"(?i)\b(?:wants|takes|accepts|asks for)\s|\b(?:lets?|letting) (?:you|me|us|him|her|them|anyone) |\b(?:locked|protected|encrypted)\b|\bcaps lock\b|\bpass\s",
        score=0.7,
        refine=_word_and_number,
        name="word-and-number",
    ),
)
