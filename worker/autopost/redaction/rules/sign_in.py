"""Passwords in a sentence about signing in or typing, without a word for a password."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.near import MOST_CHARACTERS, NAMED, SENTENCE_END, Needs, after
from autopost.redaction.rules.shape import is_uuid, trimmed
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
        r"(?i)(?:\b(?:lets?|letting) (?:you|me|us|him|her|them|anyone) (?:straight )?in(?:to [\w ]{2,24})? (?:with|using)|\b(?:locked|protected|encrypted)\b[^.\n]{0,30}?\b(?:you need|use|enter|type)|\b(?:locked out|caps lock)\b[^.\n]{0,40}?[,;:]|\b(?:zip|archive|file|pdf|folder|login|portal|router|printer|laptop|tablet|it) (?:wants|takes|accepts|asks for)|\bpass)\s[\"'`]?([A-Za-z]{4,}[._-]?\d{1,4}[!?#$%*]*)(?:[\"'`]?\s?(?:[.,;!?)]|$)|\s(?:to|is|and|until)\b)",
        "a word and a number with which somebody gets in, without a word for a password",
        anchor=r"(?i)\b(?:wants|takes|accepts|asks for)\s|\b(?:lets?|letting) (?:you|me|us|him|her|them|anyone) |\b(?:locked|protected|encrypted)\b|\bcaps lock\b|\bpass\s",
        score=0.7,
        refine=_word_and_number,
        name="word-and-number",
    ),
)
