"""Passwords that are a plain word within a sentence: `the password is sunshine on the test server`.

Such a word has no recognisable format. It counts as a password unless it is a word that describes passwords (`wrong`,
`required`) or forms a compound with `password` (`password policy`); see talk.py.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_prose
from autopost.redaction.rules.talk import SECOND_HALVES

_SOURCE = "sentences in which people tell a password"
_WORDS = r"(?:pass[_ -]?(?:word|code|phrase)|passwd|(?:secret|code|access|magic|safe) ?word|watchword)"
_WORD = r"[a-z]{5,24}"
_OWNER = r"(?:(?:the|a|its|my|his|her|their|our|your)\s)?(?:[a-z]+\s)?"
_GOES_ON = r"(?:[.,;:!?)\"'`\n]|$|\s(?:on|until|till|for|before|since|and|but|in|at|from|during|again|there|here|works?|worked|fail(?:s|ed)|opens|opened|unlocks|was|is|did|does|to|then|by)\b)"


# Ways to sign in, and what is typed, that stand with a slash between them.
_PROVIDERS = frozenset(
    [
        "apple", "azure", "cookie", "email", "facebook", "github", "gitlab", "google", "keycloak", "ldap", "magic", "microsoft", "mobile", "oauth", "oauth2",
        "oidc", "okta", "passkey", "passkeys", "password", "passwords", "phone", "saml", "slack", "sso", "token", "twitter", "user", "username", "usernames",
    ]
)  # fmt: skip


def _is_told(text: str, start: int, end: int) -> bool:
    value = text[start:end].lower()
    return value not in SECOND_HALVES and not is_prose(value)


RULES = (
    Rule(
        "PASSWORD",
        rf"(?i)\b{_WORDS}(?:\s(?:for|of|on|at|to)\s(?:the\s)?[\w@.-]+(?:\s[\w@.-]+){{0,2}}?)?\s(?:is|was)(?:\s(?:now|still|just|(?:set|changed|reset|switched) to|set as))?\s[\"'`]?({_WORD})[\"'`]?{_GOES_ON}",
        _SOURCE,
        anchor=rf"(?i)\b{_WORDS}\s[\s\S]*(?:is|was|now|still|just|to|as)\s[\"'`]?[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-told",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:with|using|use[ds]?|enter(?:ed)?|typed?|try|tried|give|gave|chose|pick(?:ed)?)\s{_OWNER}{_WORDS}\s({_WORD}){_GOES_ON}",
        _SOURCE,
        anchor=rf"(?i)\s{_WORDS}\s[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-used",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:the|my|his|her|their|our|your|its)\s(?:old\s|new\s|current\s|default\s|initial\s|temporary\s|shared\s|previous\s|same\s)?{_WORDS}\s({_WORD})\s(?:works?|worked|fail(?:s|ed)|opens|opened|unlocks|was (?:accepted|rejected|refused|reused|leaked|shared|guessed|cracked|exposed)|is (?:accepted|rejected|refused|valid))\b",
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
        rf"(?i)\b{_WORDS}(?:,\s(?:which is\s|it is\s)?|\s\((?:it|which|that)?\s?(?:is|was|=|:)?\s?)[\"'`]?([a-z0-9!@#$%^&*_-]{{4,24}})[\"'`]?(?:\)|,\s(?:is|was|which|works?|still|has|opens|on|in|for)\b)",
        _SOURCE,
        anchor=rf"(?i)\b{_WORDS}(?:,\s|\s\()",
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
        r"(?i)\b((?:root|admin|administrator|guest|sa|postgres|superuser)\s?/\s?(?-i:[a-z0-9!@#$%^&*_-]{4,24}))\s(?:still\s)?(?:works?|worked|logs? in|logged in|was accepted|is accepted|got)\b",
        "a usual user with a password that works",
        anchor=r"(?i)\b(?:root|admin|administrator|guest|sa|postgres|superuser)\s?/",
        score=0.7,
        name="usual-user",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\b(?:log(?:ged)?[ -]?in|log(?:ged)?[ -]?on|sign(?:ed)?[ -]?in|credentials? (?:are|is|were)|creds?)(?:\s(?:with|using|as|are|is)|:)\s[\"'`]?((?-i:[a-z][a-z0-9._-]{2,20})[\"'`]?\s/\s[\"'`]?(?-i:[a-z0-9!@#$%^&*_-]{5,24}))[\"'`]?(?:[.,;:!?)\n]|$|\s)",
        "`user / password` in lower case, after a word of signing in",
        anchor=r"(?i)\b(?:log(?:ged)?[ -]?in|log(?:ged)?[ -]?on|sign(?:ed)?[ -]?in|credentials?|creds?)(?:\s(?:with|using|as|are|is)|:)\s",
        score=0.7,
        refine=single(lambda text, start, end: _PROVIDERS.isdisjoint(text[start:end].lower().split())),
        name="user-slash-password",
    ),
)
