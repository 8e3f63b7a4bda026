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
_WORDS = r"(?:pass[_ -]?(?:word|code|phrase)|passwd)"
_WORD = r"[a-z]{5,24}"
_OWNER = r"(?:(?:the|a|its|my|his|her|their|our|your)\s)?(?:[a-z]+\s)?"
_GOES_ON = r"(?:[.,;:!?)\"'`\n]|$|\s(?:on|until|till|for|before|since|and|but|in|at|from|during|again|there|here|works?|worked|fail(?:s|ed)|opens|opened|unlocks|was|is|did|does|to|then)\b)"


def _is_told(text: str, start: int, end: int) -> bool:
    value = text[start:end].lower()
    return value not in SECOND_HALVES and not is_prose(value)


RULES = (
    Rule(
        "PASSWORD",
        rf"(?i)\b{_WORDS}(?:\s(?:for|of|on)\s(?:the\s)?[\w@.-]+(?:\s[\w@.-]+){{0,2}}?)?\s(?:is|was)(?:\s(?:now|still|just))?\s({_WORD}){_GOES_ON}",
        _SOURCE,
        anchor=rf"(?i)\b{_WORDS}\s[\s\S]*(?:is|was|now|still|just)\s[a-z]{{5}}",
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
        rf"(?i)\b(?:the|my|his|her|their|our|your|its)\s{_WORDS}\s({_WORD})\s(?:works?|worked|fail(?:s|ed)|opens|opened|unlocks|was (?:accepted|rejected|refused)|is (?:accepted|rejected|refused|valid))\b",
        _SOURCE,
        anchor=rf"(?i)\s{_WORDS}\s[a-z]{{5}}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-works",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:use[ds]?|using|set|enter(?:ed)?|typed?|try|tried|chose|pick(?:ed)?|took|with)\s[\"'`]?([a-z0-9!@#$%^&*_-]{{5,24}})[\"'`]?\s(?:as|for)\s{_OWNER}{_WORDS}(?:[.,;:!?)\"'`\n]|$|\s(?:on|until|for|and|but|in|at|from|to)\b)",
        _SOURCE,
        anchor=rf"(?i)\s(?:as|for)\s[\s\S]*{_WORDS}",
        score=0.7,
        refine=single(_is_told),
        name="plain-word-as-password",
    ),
)
