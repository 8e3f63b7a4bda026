"""Passphrases whose words are joined by signs, and those that stand before what they open or are."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.labels import PHRASE
from autopost.redaction.rules.phrase_words import SAYS, SAYS_ABROAD, SMALL_ABROAD
from autopost.redaction.rules.phrases import is_phrase
from autopost.redaction.rules.shape import SMALL_WORDS, describes
from autopost.redaction.rules.talk import SECOND_HALVES

_LEAST_WORDS = 3
_SPLIT = re.compile(r"[\s,._-]+|(?<=[a-z])(?=[A-Z])")
_FILE = re.compile(r"(?i)\.(?:com|org|net|io|dev|local|internal|py|js|ts|json|ya?ml|txt|md|sh|conf|cfg|service)$")
_GLUED = re.compile(
    r"[\s:=\"'`(]{1,4}(?:(?:is|was|now|are|ist|lautet|est|es|è|é|är)[\s:\"'`]{1,3}){0,2}((?:[A-Za-z]{3,}[._-]){3,}[A-Za-z]{3,}|(?:[A-Z][a-z]{2,}){4,})(?![\w(/@-])"
)
_PLAIN_AFTER = re.compile(
    r"[\s\"'`]{1,2}((?:[^\W\d_]{2,}\s){3,9}?(?:[^\W\d_]{2,}|\d{1,4}))[\"'`]?(?=\s?(?:[.,;!?)]|$)|\s(?:(?:und|et|y|e|en|och|og|i|and|stopped|accepted|works|worked|failed|was|is|at|on|in|for|before|then|again|until|when|if|as|once|while|so|because|has|expires|expired|no longer|still|opens|opened|wurde|ist|wird|funktioniert|gilt|est|a été|fonctionne|marche|ya|es|fue|funciona|non|è|funziona|é|foi|werkt|werd|fungerar|är|fungerer|er|działa|jest|została|работает|был|была)(?:\s|[.,;]|$)))"
)

# Function words within a phrase: `clover over gravel twice`.
_IN_RHYMES = frozenset(
    [
        "over",
        "under",
        "one",
        "never",
        "every",
        "no",
        "many",
        "few",
        "without",
        "up",
        "off",
        "into",
        "with",
        "in",
        "the",
        "of",
        "la",
        "le",
        "el",
        "un",
        "des",
        "du",
        "de",
        "del",
        "di",
        "der",
        "die",
        "im",
        "am",
        "van",
    ]
)

_BETWEEN = frozenset(["on", "in", "over", "under", "without", "with", "of", "never"])

_TYPED_BEFORE = re.compile(
    r"(?i)\b(?:typed|entered|gave|used|with|tapé|escribí|digitei)\s(?:the|my|his|her|its|la|a)\s(?:\w+\s)?$"
)
_THREE_AFTER = re.compile(
    r"\s[\"'`]?((?:[^\W\d_]{3,}\s){2}[^\W\d_]{3,})[\"'`]?(?=\s?(?:[.,;!?)]|$|(?:and|und|et|y|e)\s))"
)

# What a passphrase opens.
_OPENED = r"(?:disk|drive|laptop|volume|vault|wallet|archive|backup|zip|keyring|key|dump|repo(?:sitory)?|safe|container|file|phone|database|key ?store|usb stick|folder|envelope|stick|account|ledger|partition|image)"


def _joined(text: str, _start: int, end: int) -> Iterator[Span]:
    """Yield words with signs or capitals between them directly after the label."""
    match = _GLUED.match(text, end)
    if match is not None and _FILE.search(match.group(1)) is None:
        words = [word.lower() for word in _SPLIT.split(match.group(1))]
        if sum(describes(word) for word in words) * 2 <= len(words):
            yield match.span(1)


def _after_label(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield four and more plain words directly after the label, up to the end of the clause."""
    yield from _joined(text, start, end)
    if _TYPED_BEFORE.search(text[max(0, start - 24) : start]) and (match := _THREE_AFTER.match(text, end)) is not None:
        yield from _of_plain_words(text, *match.span(1))
    if (match := _PLAIN_AFTER.match(text, end)) is not None:
        words = match.group(1).lower().split()
        small = [word for word in words if word in SMALL_WORDS or word in SMALL_ABROAD]
        rhyme = len(small) == 1 and small[0] in _IN_RHYMES and words[0] not in small
        if (
            (not small or rhyme)
            and SAYS_ABROAD.isdisjoint(words[:1])
            and SECOND_HALVES.isdisjoint(words[:-1])
            and is_phrase(words, statement=rhyme)
        ):
            yield match.span(1)


def _of_plain_words(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept plain words that say nothing about passphrases."""
    words = re.split(r"[\s-]+", text[start:end])
    small = [word for word in words if word.lower() in SMALL_WORDS]
    rhyme = len(small) == 1 and small[0] in _BETWEEN and words[0] not in small
    if len(words) >= _LEAST_WORDS + len(small) and is_phrase(words, statement=rhyme):
        yield start, end


_SENTENCE = r"[a-zà-ÿ]{2,}(?: [a-zà-ÿ']{1,}){2,9}"
_OF_ENCRYPTION = re.compile(
    rf"(?i)\b(?:{_OPENED}|opens?|opened|en?crypt\w*|decrypt\w*|unlock\w*|gpg|luks|restic|borg|keys?|backup|signer|secret)\b"
)


def _opened_by_sentence(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept words that tell nothing of a phrase, in a sentence about encryption or what is locked."""
    around = text[max(0, start - 80) : start] + text[end : end + 60]
    words = text[start:end].split()
    if (
        _OF_ENCRYPTION.search(around)
        and is_phrase(words, statement=True)
        and words[0].lower() not in SMALL_WORDS | SAYS
    ):
        yield start, end


def _words_in_quotes(text: str, start: int, end: int) -> Iterator[Span]:
    words = text[start:end].split()
    if text[start:end][:1].isalpha() and is_phrase(words, statement=True):
        yield start, end


RULES = (
    Rule(
        "PASSWORD",
        r"\b(?:ssh-keygen\b[^\n]*\s-[NP]\s?|openssl\b[^\n]*\spass:|cryptsetup\b[^\n]*--key-text[= ]|gpg\b[^\n]*--passphrase[= ])[\"']([^\"'\n$]{3,80})[\"']",
        "the manuals of these programs: passphrases in quotes",
        anchor=r"ssh-keygen|openssl|cryptsetup|gpg",
        score=0.8,
        name="words-of-command",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)(?:{PHRASE})",
        "words joined by signs and plain words directly after a word for a passphrase",
        score=0.75,
        refine=_after_label,
        name="words-joined",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)(?:\b(?:(?:secret|pass|unlock\w*|vault)\s)?(?:phrase|sentence|words?|satz|frase)(?:\s(?:is|was|now)|\s?[:=]|,?\s(?:type|enter|reads?)|\s[\"'`])(?:\sthe\ssentence)?|\b(?:with|using|by|typed|entered)\s(?:the|a|his|her|my|our)\s(?:[a-z]+\s)?(?:phrase|sentence|words))\s?[\"'`]?({_SENTENCE})",
        "a word for a phrase or sentence, near a word for what it opens",
        anchor=r"(?i)\b(?:phrase|sentence|words?|satz|frase)(?:\s(?:is|was|now)|\s?[:=]|,?\s(?:type|enter|reads?)|\s[\"'`])|\b(?:with|using|by|typed|entered)\s(?:the|a|his|her|my|our)\s(?:[a-z]+\s)?(?:phrase|sentence|words)",
        score=0.65,
        refine=_opened_by_sentence,
        name="sentence-that-opens",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:sealed|encrypted|decrypted|descifr\w+|déchiffr\w+|entschlüsselt|unlocked|unlock it|unlocks)\b[^.\n\"]{0,40}?(?:\s(?:with|by|using|con|avec|mit|com))\s(?:[^\W\d_]+\s){0,2}(?:\"([^\"\n<>]{9,80})\"|words\s((?:[a-z]{3,} ){2,9}[a-z]{3,}))",
        "a quoted sentence, or words, with which something was sealed or opened",
        anchor=r"(?i)\b(?:sealed|encrypted|decrypted|descifr\w+|déchiffr\w+|entschlüsselt|unlocked|unlock it|unlocks)\b",
        score=0.65,
        refine=_words_in_quotes,
        name="sentence-that-opened",
    ),
)
