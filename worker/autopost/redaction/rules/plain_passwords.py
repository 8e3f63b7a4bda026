"""Passwords that are a plain word within a sentence: `the password is sunshine on the test server`.

Such a word has no recognisable format. It counts as a password unless it is a word that describes passwords (`wrong`,
`required`) or forms a compound with `password` (`password policy`); see talk.py.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.shape import is_prose, trimmed
from autopost.redaction.rules.strength import MIXED, NUMBERED, is_machine, strength
from autopost.redaction.rules.talk import SECOND_HALVES

_SOURCE = "sentences in which people tell a password"
_WORDS = r"(?:pass[_ -]?(?:word|code|phrase)|passwd|pwd?|(?:secret|code|access|magic|safe) ?word|watchword)"
_WORD = r"[a-z]{5,24}"
_OWNER = r"(?:(?:the|a|its|my|his|her|their|our|your)\s)?(?:[a-z]+\s)?"
_GOES_ON = r"(?:[.,;:!?)\"'`\n]|$|\s(?:on|until|till|for|before|since|and|but|in|at|from|during|again|there|here|works?|worked|fail(?:s|ed)|opens|opened|unlocks|was|is|did|does|to|then|by|or|lol|btw|please|pls)\b)"


# Ways to sign in, and what is typed, that stand with a slash between them.
_PROVIDERS = frozenset(
    [
        "read", "write", "apple", "azure", "cookie", "email", "facebook", "github", "gitlab", "google", "keycloak", "ldap", "magic", "microsoft", "mobile", "oauth", "oauth2",
        "oidc", "okta", "passkey", "passkeys", "password", "passwords", "phone", "saml", "slack", "sso", "token", "twitter", "user", "username", "usernames",
    ]
)  # fmt: skip


def _is_told(text: str, start: int, end: int) -> bool:
    value = text[start:end].lower()
    return value not in SECOND_HALVES and value.removesuffix("s") not in SECOND_HALVES and not is_prose(value)


def _continued(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a password of any look, and a plain word that ends the clause."""
    end = trimmed(text, start, end)
    value = text[start:end]
    plain = (
        value.isalpha()
        and re.match(r"[\"'`]?\s?(?:[.,;!?)\n]|$|(?:until|for|on|at|and|but)\b)", text[end : end + 8]) is not None
    )
    if (strength(value) >= NUMBERED and not is_machine(value)) or (
        plain and len(value) > 4 and _is_told(text, start, end)
    ):
        yield start, end


RULES = (
    Rule(
        "PASSWORD",
        r"(?i)\b(?:(?:the|magic|secret) word|das wort|le mot|la palabra|la parola|a palavra|het woord|słowo|ordet)\s[\"'`]?((?-i:[A-Z]?[a-zà-ž]{4,24}))[\"'`]?\s(?:unlock(?:s|ed)|open(?:s|ed)|lets? (?:you|us|me|him|her|them) in|got (?:me|us|him|her|them) in|did it|öffnet|entsperrt|ouvre|déverrouille|abre|desbloquea|apre|sblocca|opent|otwiera|öppnar|åpner|åbner)\b",
        "a word with which something opens",
        anchor=r"(?i)\b(?:(?:the|magic|secret) word|das wort|le mot|la palabra|la parola|a palavra|het woord|słowo|ordet)\s",
        score=0.65,
        name="word-that-opens",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b{_WORDS}(?:\s(?:for|of|on|at|to)\s(?:the\s)?[\w@.-]+(?:\s[\w@.-]+){{0,2}}?)?(?:,\s(?:which|that)\s[^,.\n]{{3,48}},)?(?:\s(?:is|was|had been|has been|remains|remained|stays|equals|became|becomes|being|turned out to be|used to be|happens to be)|'s|\s[a-z' ]{{2,30}}\sand (?:is|was))(?:\s(?:now|still|just|simply|only|literally|really|again|(?:set|changed|reset|switched) to|set as))?\s[\"'`]?({_WORD})[\"'`]?{_GOES_ON}",
        _SOURCE,
        anchor=rf"(?i)\b{_WORDS}(?:'s|,)?\s(?:[\s\S]*(?:is|was|now|still|just|to|as|been|remains|remained|stays|equals|became|becomes|being|be|'s)\s)?[\"'`]?[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-told",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:with|using|use[ds]?|enter(?:ed)?|typed?|try|tried|give|gave|chose|pick(?:ed)?|found|saw|spotted)\s{_OWNER}{_WORDS}\s({_WORD})(?:{_GOES_ON}|\sthe\b)",
        _SOURCE,
        anchor=rf"(?i)\s{_WORDS}\s[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-used",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:the|my|his|her|their|our|your|its)\s(?:old\s|new\s|current\s|default\s|initial\s|temporary\s|shared\s|previous\s|same\s)?{_WORDS}\s({_WORD})\s(?:works?|worked|fail(?:s|ed)|opens|opened|unlocks|(?:has )?stopped working|no longer works|leaked|was (?:accepted|rejected|refused|reused|leaked|shared|guessed|cracked|exposed)|is (?:accepted|rejected|refused|valid|(?:too |very )?(?:weak|short|simple)))\b",
        _SOURCE,
        anchor=rf"(?i)\s{_WORDS}\s[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-works",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:use[ds]?|using|set|enter(?:ed)?|typed?|try|tried|chose|pick(?:ed)?|took|with)\s[\"'`]?([a-z0-9!@#$%^&*_-]{{5,24}})[\"'`]?\s(?:as|for)\s{_OWNER}{_WORDS}(?:[.,;:!?)\"'`\n]|$|\s(?:on|until|for|and|but|in|at|from|to|everywhere|again|now|too|anyway|still)\b)",
        _SOURCE,
        anchor=rf"(?i)\s(?:as|for)\s[\s\S]*{_WORDS}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-as-password",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b{_WORDS}(?:(?:\s[a-z' ]{{2,30}})?,\s(?:which is\s|it is\s)?|\s\((?:it|which|that)?\s?(?:'s|is|was|=|:)?\s?)[\"'`]?([a-z0-9!@#$%^&*_-]{{4,24}})[\"'`]?(?:\)|,\s(?:is|was|which|works?|worked|still|has|opens|on|in|for|must|should|needs|did|does|got|will|can|no longer|to|into|through)\b)",
        _SOURCE,
        anchor=rf"(?i)\b{_WORDS}(?:(?:\s[a-z' ]{{2,30}})?,\s|\s\()",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-between-commas",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:user(?:name)?|login|account|logged in as|signed in as)\s[\"'`]?[\w.@-]+[\"'`]?(?:,|\sand|\s/|\swith)\s(?:the\s)?(?:{_WORDS}|pass|pw)\s[\"'`]?([a-z0-9!@#$%^&*_-]{{4,24}})[\"'`]?(?:[.,;:!?)\n]|$|\s)",
        _SOURCE,
        anchor=rf"(?i)(?:,|\sand|\s/|\swith)\s(?:the\s)?(?:{_WORDS}|pass|pw)\s",
        score=0.7,
        refine=single(_is_told),
        name="user-and-plain-word",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)(?:\b((?:root|admin|administrator|guest|sa|postgres|superuser)\s?/\s?(?-i:[a-z0-9!@#$%^&*_-]{4,24}))\s(?:still\s)?(?:works?|worked|logs? in|logged in|was accepted|is accepted|got)\b|\b(?:on|with|is|was|are|as|using|:)\s((?:root|admin|administrator|guest|sa)\s?/\s?[a-z!@#$%^&*_-]{3,20}[0-9]{1,4}[!#$%]?)(?:\s?[.,;!?)]|$))",
        "a usual user with a password that works",
        anchor=r"(?i)\b(?:root|admin|administrator|guest|sa|postgres|superuser)\s?/",
        score=0.7,
        name="usual-user",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\b(?:log(?:ged)?[ -]?in|log(?:ged)?[ -]?on|sign(?:ed)?[ -]?in|credentials? (?:are|is|were)|creds?)(?:\s(?:for|to|of|on)\s(?:[a-z]+\s?){1,4})?(?:\s(?:with|using|as|are|is)|:)\s[\"'`]?((?-i:[a-z][a-z0-9._-]{2,20})[\"'`]?\s/\s[\"'`]?(?-i:[A-Za-z0-9!@#$%^&*_.-]{5,24}))[\"'`]?(?:[.,;:!?)\n]|$|\s)",
        "`user / password` in lower case, after a word of signing in",
        anchor=r"(?i)\b(?:log(?:ged)?[ -]?in|log(?:ged)?[ -]?on|sign(?:ed)?[ -]?in|credentials?|creds?)(?:\s(?:for|to|of|on)\s(?:[a-z]+\s?){1,4})?(?:\s(?:with|using|as|are|is)|:)\s",
        score=0.7,
        refine=single(lambda text, start, end: _PROVIDERS.isdisjoint(text[start:end].lower().split())),
        name="user-slash-password",
    ),
    Rule(
        "PASSWORD",
        rf"(?:^|[.;:,\"'`(]\s?)[\"'`]?((?i:{_WORD}))[\"'`]?\s(?:is|was|remains|became)\s(?:(?:still|now|again)\s)?(?:the|my|our|his|her|their|its)\s(?:\w+\s){{0,2}}?(?i:{_WORDS})(?:[.,;!?)\n]|$|\s(?:of|for|until|on)\s)",
        _SOURCE,
        anchor=rf"\s(?:is|was|remains|became)\s(?:(?:still|now|again)\s)?(?:the|my|our|his|her|their|its)\s(?:\w+\s){{0,2}}(?i:{_WORDS})",
        score=0.65,
        refine=single(_is_told),
        name="plain-word-is-password",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:told|gave|sent|texted|emailed|read|whispered|shared|asked for|asks for)\s(?:\w+\s){{1,3}}?{_WORDS}(?:[,:]?\s|,\s(?:say|type|enter|answer|try)\s)[\"'`]?({_WORD})[\"'`]?(?:[.;!?)\n]|$)",
        _SOURCE,
        anchor=rf"(?i)\b(?:told|gave|sent|texted|emailed|read|whispered|shared|asked for|asks for)\s(?:\w+\s){{1,3}}?{_WORDS}[,:]?\s",
        score=0.65,
        refine=single(_is_told),
        name="plain-word-handed-over",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b{_WORDS}\b[^\n]{{0,60}}?[.;!]\s(?:(?:the\s)?(?:new|old|temporary|current|next|right|correct)\s(?:one|value|word|answer)(?:\sis|\swas|:|\s=)|the answer (?:is|was)(?: still| now)?|it(?:'s|\sis|\swas)(?:\snow)?:?|use:?|now:?)\s[\"'`]?((?-i:[A-Za-z0-9][^\s\"'`<>]{{3,}}))",
        "the value in the next sentence",
        anchor=rf"(?i)\b{_WORDS}\b[^\n]{{0,60}}?[.;!]\s(?:(?:the\s)?(?:new|old|temporary|current|next|right|correct)\s(?:one|value|word|answer)|the answer|it(?:'s|\sis|\swas)|use|now)",
        score=0.65,
        refine=_continued,
        name="in-next-sentence",
    ),
    Rule(
        "CREDENTIALS",
        r"(?:^|[\s\"'`(])([a-z][\w.-]{1,20}/[^\s\"'`<>/]{6,24})\s(?:still\s)?(?:works?|worked|logs? in|logged in|is accepted|was accepted)\b",
        "`user/password` before `works`",
        anchor=r"/[^\s/]{6,24}\s(?:still\s)?(?:works?|worked|logs? in|logged in|is accepted|was accepted)\b",
        score=0.65,
        refine=single(
            lambda text, start, end: (
                re.search(r"\d[!#$%&*]", text[start:end]) is not None
                or (strength(text[start:end].split("/")[1]) >= MIXED and not text[start:end].islower())
            )
        ),
        name="user-slash-password-works",
    ),
    Rule(
        "CREDENTIALS",
        r"\b([a-z][\w.-]{1,20}\s?/\s?[^\s\"'`<>/]{4,24})\s(?:is|was|are)\s(?:the|our|my|their)\s(?:\w+\s)?(?:logins?|credentials?|creds)\b",
        "`user/password` before what they are",
        anchor=r"/\s?[^\s/]{4,24}\s(?:is|was|are)\s(?:the|our|my|their)\s(?:\w+\s)?(?:logins?|credentials?|creds)\b",
        score=0.7,
        refine=single(
            lambda text, start, end: _PROVIDERS.isdisjoint(text[start:end].lower().replace("/", " ").split())
        ),
        name="user-slash-password-is",
    ),
)
