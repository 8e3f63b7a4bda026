"""Compare a post by the LLM with the operation that it is about. Pure.

Strict: a wrong rejection costs the wording of one post, a wrong post misleads everyone who reads it. Compared is what a
model invents most: figures, links, mentions, names and the outcome. `vocabulary` knows a text that is no post at all.
"""

from __future__ import annotations

import regex

from autopost.model import PLACEHOLDER
from autopost.writing.fields import Fields
from autopost.writing.figure_check import invents_figures
from autopost.writing.injection import obeys, without_instructions
from autopost.writing.language import detect
from autopost.writing.outcome_check import tells_another_outcome
from autopost.writing.polarity import contradicts
from autopost.writing.prompt import EXAMPLE_AGENT
from autopost.writing.subject import shared
from autopost.writing.vocabulary import ENGLISH, WITH_CAPITAL
from autopost.writing.voice import DEFAULT, Voice

_LINK = regex.compile(
    r"\bhttps?://\S+|\bwww\.\S+|\[[^\]]*\]\([^)]*\)"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|app|ai|co|example|info|biz|me|ly|gg|xyz|shop|site|de|fr|uk|eu)\b(?:/\S*)?",
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![\w.])@\w[\w.-]*|<[!#@][^>]*>")
_MARKUP = regex.compile(r"</?[A-Za-z][^>]*>")
_GAP = regex.compile(r"[\[{(<]{1,2}\s*(?P<inside>[^\[\]{}()<>]{1,60}?)\s*[\]})>]{1,2}")
_HOLE = regex.compile(
    r"\b(?:your|insert|enter|fill|placeholder|name|link|date|number|amount|team|company|agent|system|tool|product|customer|reason|title|city|value|metric|x{1,3}|n{1,2}|todo|tbd)\b",
    regex.I,
)
_SHARED = 0.22  # of the words of a post are the operation's, at least
_SHARED_OF_LONG = 0.25
_LONG = 200  # characters
_SHORT = 60
# What stands for a value: XX, ___, $NAME, %NAME%.
_BLANK = regex.compile(
    r"\b([XYZN])\1*\b(?!-)|_{2,}|\?{2,}(?=\s?\p{L})|\?{3,}|\$[A-Z_]{3,}|%\w+%|%[sd]\b|\b(?:TBD|TODO|TBA)\b|[○〇◯×]{2,}|某某"
    r"|\b[A-Za-z]+(?:_[A-Za-z]+)+\b|\s(?:…|\.{3})\s|\s-{2,}\s|#{2,}|\*{3,}"
    r"|[\[({<]\s*[\])}>]|[{}\[\]]|(?<!\S)[#*](?=\s)|\b(?:x{2,}|n{2,})\b|\bx(?=\s\p{L})|\.{4,}"
)
_SLOT = regex.compile(
    r"\b(?:AGENT|NAME|NUMBER|COMPANY|TEAM|DATE|AMOUNT|PRODUCT|CUSTOMER|SYSTEM|LINK|URL|CITY|TOOL|TITLE|VALUE|OPERATION)\b"
)
_LEAST_SHORT_FORM = 5  # letters that "Postgres" and PostgreSQL share
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*")
_ENDING = regex.compile(r"['’]?s\Z|['’]\Z")
_FOLLOWED_BY_A_NAME = regex.compile(r"\s\p{Lu}\p{Ll}+")
_DAY = regex.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)(?=days?\b)|\b(?:mon|diens|donners|frei|sams|sonn)(?=tags?\b)"
)
# In German nouns have capitals, and other scripts have none.
_NAMES_HAVE_CAPITALS = frozenset({"en", "fr", "es", "it", "pt", "nl", "sv", "da", "pl", "cs", "ru", "uk", "ro"})
_CAPITALISED = regex.compile(r"\p{Lu}\p{Ll}[\p{L}\p{M}'’-]+")
_START_OF_SENTENCE = regex.compile(r"(?:\A|[.!?…:;–—\n]|\p{Extended_Pictographic}\uFE0F?|[\"“”'‘(¡¿-])\s*\Z")


def contradiction(text: str, fields: Fields, voice: Voice = DEFAULT) -> str | None:
    """Return why a post cannot be true of its operation, None if it can.

    `other_language`, `invented`, `leaked_prompt`, `unfilled`, `obeyed`, `off_topic`, `wrong_outcome`, `contradicts`.
    `voice` may name what the operation does not, and may have chosen another language than the operation's.
    """
    texts = (fields.agent_name, fields.operation_type, fields.title, fields.what, fields.why, fields.next_steps)
    known, instructions = without_instructions(f"{text}." for text in texts if text)
    bare = regex.sub(PLACEHOLDER, " ", text)
    spoken = detect(f"{fields.what} {fields.why} {fields.next_steps}")
    written = detect(bare)
    if _is_in_another(written, voice.language or spoken):
        return "other_language"
    known_folded = known.casefold()
    names = known if voice.is_default else f"{known} {voice.text}"
    if any(link[0].casefold().rstrip(".,!?)") not in known_folded for link in _LINK.finditer(bare)):
        return "invented"
    if _has_holes(bare, known_folded) or any(slot[0] not in known for slot in _SLOT.finditer(bare)):
        return "unfilled"
    if EXAMPLE_AGENT in bare and EXAMPLE_AGENT not in known:
        return "leaked_prompt"
    if (
        invents_figures(bare, known, is_english=written == "en")
        or any(mention[0].casefold() not in known_folded for mention in _MENTION.finditer(bare))
        or any(tag[0].casefold() not in known_folded for tag in _MARKUP.finditer(bare))
        or any(day[0] not in known_folded for day in _DAY.finditer(bare.casefold()))
        or (written in _NAMES_HAVE_CAPITALS and _invents_names(bare, names))
    ):
        return "invented"
    if obeys(bare, known, instructions):
        return "obeyed"
    is_translated = voice.language is not None and spoken != voice.language
    if (
        not is_translated
        and (bare == text or len(bare) > _SHORT)
        and shared(bare, known, written) < (_SHARED if len(bare) < _LONG else _SHARED_OF_LONG)
    ):
        return "off_topic"
    if tells_another_outcome(bare, known, fields):
        return "wrong_outcome"
    return "contradicts" if contradicts(bare, known, fields.outcome, written) else None


def _is_in_another(language: str | None, expected: str | None) -> bool:
    return None not in (language, expected) and language != expected


def _has_holes(text: str, known: str) -> bool:
    """Return whether something was left to be filled in, such as [Your Name] or {link}."""
    for gap in _GAP.finditer(text):
        inside = gap["inside"].casefold()
        is_round = gap[0].startswith("(")
        is_known = regex.search(rf"(?<!\w){regex.escape(inside)}(?!\w)", known) is not None
        if is_known or (is_round and not _HOLE.fullmatch(inside) and not inside.startswith("your ")):
            continue
        if gap[0][0] in "[{" or _HOLE.search(inside):
            return True
    return any(blank[0].casefold() not in known for blank in _BLANK.finditer(text))


def _invents_names(text: str, known: str) -> bool:
    """Return whether a post has a name in the middle of a sentence that the operation has not."""
    names = [
        _stem(word[0])
        for word in _CAPITALISED.finditer(text)
        if _START_OF_SENTENCE.search(text, 0, word.start()) is None or _FOLLOWED_BY_A_NAME.match(text, word.end())
    ]
    names = [name for name in names if name not in WITH_CAPITAL and name not in ENGLISH]
    if not names:
        return False
    there = {_stem(word[0]) for word in _WORD.finditer(known)}
    return not all(
        name in there
        or (len(name) >= _LEAST_SHORT_FORM and any(other.startswith(name[:_LEAST_SHORT_FORM]) for other in there))
        for name in names
    )


def _stem(word: str) -> str:
    return _ENDING.sub("", word.casefold())
