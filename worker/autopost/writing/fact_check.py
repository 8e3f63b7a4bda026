"""Compare a post by the LLM with the operation that it is about. Pure.

Strict: a wrong rejection costs the wording of one post, a wrong post misleads everyone who reads it. Compared is what a
model invents most: figures, links, mentions, names and the outcome. `vocabulary` knows texts that are not posts.
"""

from __future__ import annotations

import regex

from autopost.model import PLACEHOLDER
from autopost.writing.calendar_check import names_another_date
from autopost.writing.cause_check import invents_cause
from autopost.writing.certainty_check import drops_nearly
from autopost.writing.direction_check import turns_figure, turns_hour
from autopost.writing.fields import Fields
from autopost.writing.figure_check import invents_figures
from autopost.writing.injection import obeys, repeats_a_quotation, without_instructions
from autopost.writing.label_check import renames
from autopost.writing.language import detect, is_in_another
from autopost.writing.lazy import Lazy
from autopost.writing.name_check import invents_names
from autopost.writing.outcome import Kind, Outcome
from autopost.writing.outcome_check import tells_another_outcome
from autopost.writing.plan_check import tells_plan_as_done
from autopost.writing.polarity import Known, contradicts
from autopost.writing.prompt import EXAMPLE_AGENT
from autopost.writing.subject import shared
from autopost.writing.swap_check import swaps_roles
from autopost.writing.tone_check import adds_an_opinion
from autopost.writing.voice import DEFAULT, Voice

_LINK = Lazy(
    r"\bhttps?://\S+|\bwww\.\S+|\[[^\]]*\]\([^)]*\)"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|app|ai|co|example|info|biz|me|ly|gg|xyz|shop|site|de|fr|uk|eu)\b(?:/\S*)?",
    regex.IGNORECASE,
)
_MENTION = Lazy(r"(?<![\w.])@\w[\w.-]*|<[!#@][^>]*>")
_MARKUP = Lazy(r"</?[A-Za-z][^>]*>")
_PLACEHOLDER = regex.compile(PLACEHOLDER)
_GAP = Lazy(r"[\[{(<]{1,2}\s*(?P<inside>[^\[\]{}()<>]{1,60}?)\s*[\]})>]{1,2}")
_HOLE = Lazy(
    r"\b(?:your|insert|enter|fill|placeholder|name|link|date|number|amount|team|company|agent|system|tool|product|customer|reason|title|city|value|metric|x{1,3}|n{1,2}|todo|tbd)\b",
    regex.I,
)
_SHARED = 0.25  # of the words of a post are the operation's, at least; generic words do not count
_SHARED_OF_DENSE = 0.19  # pairs of characters, which a synonym has none of
_DENSE = frozenset({"ja", "zh"})
_SHORT = 60
# What stands for a value: XX, ___, $NAME, %NAME%.
_BLANK = Lazy(
    r"\b([XYZN])\1+\b(?!-)|_{2,}|\?{2,}(?=\s?\p{L})|\?{3,}|\$[A-Z_]{3,}|%\w+%|%[sd]\b|\b(?:TBD|TODO|TBA)\b|[○〇◯×]{2,}|[○◯×](?=\p{Han})|某某|【[^【】]*(?:名|番号|日付|金額|氏名|姓名|编号|日期|金额)】"
    r"|\b[A-Za-z]+(?:_[A-Za-z]+)+\b|\s(?:…|\.{3})\s|\s-{2,}\s|#{2,}|\*{3,}"
    r"|[\[({<]\s*[\])}>]|[{}\[\]]|(?<!\S)[#*](?=\s)|(?<![A-Za-z])(?:[Xx]{2,}|[Nn]{2,}|XYZ|xyz|Y{2,}|Z{2,})(?![A-Za-z-])|\bx(?=\s\p{L})|\.{4,}"
)
# One letter that stands for a value. Y and Z begin sentences of other languages.
_LETTER = Lazy(r"(?<![\w’'-])(?:[XNMK]|(?<!\A)(?<![.!?:;–—] )[YZ])(?=\s\p{Ll}|[\s]?[%€$]|[.,!?]|\Z)")
_SLOT = Lazy(
    r"\b(?:AGENT|NAME|NUMBER|COMPANY|TEAM|DATE|AMOUNT|PRODUCT|CUSTOMER|SYSTEM|LINK|URL|CITY|TOOL|TITLE|VALUE|OPERATION)\b"
)
_WORDS = regex.compile(r"\w+")


def contradiction(text: str, fields: Fields, voice: Voice = DEFAULT) -> str | None:
    """Return why a post cannot be true of its operation, None if it can.

    `other_language`, `invented`, `leaked_prompt`, `unfilled`, `obeyed`, `off_topic`, `wrong_outcome`, `contradicts`.
    `voice` may name what the operation does not, and may have chosen another language than the operation's.
    """
    texts = (fields.agent_name, fields.operation_type, fields.title, fields.what, fields.why, fields.next_steps)
    known, instructions = without_instructions(f"{text}." for text in texts if text)
    bare = _PLACEHOLDER.sub(" ", text)
    spoken = detect(f"{fields.what} {fields.why} {fields.next_steps}")
    expected = voice.language or spoken
    if is_in_another(bare, expected):
        return "other_language"
    language = expected or detect(bare)
    is_translated = voice.language is not None and spoken != voice.language
    folded, known_folded = bare.casefold(), known.casefold()
    names = known if voice.is_default else f"{known} {voice.text}"
    if any(link[0].casefold().rstrip(".,!?)") not in known_folded for link in _LINK.finditer(bare)):
        return "invented"
    if any(placeholder not in known for placeholder in _PLACEHOLDER.findall(text)):
        return "unfilled"
    if _has_holes(bare, known_folded) or any(slot[0] not in known for slot in _SLOT.finditer(bare)):
        return "unfilled"
    if EXAMPLE_AGENT in bare and EXAMPLE_AGENT not in known:
        return "leaked_prompt"
    if (
        invents_figures(bare, known, language)
        or renames(folded, known_folded)
        or any(mention[0].casefold() not in known_folded for mention in _MENTION.finditer(bare))
        or any(tag[0].casefold() not in known_folded for tag in _MARKUP.finditer(bare))
        or names_another_date(bare, known)
        or invents_names(bare, names, language)
        or adds_an_opinion(folded, known_folded, language)
        or (not is_translated and invents_cause(folded, known_folded, fields.why.casefold(), language))
    ):
        return "invented"
    is_feedback = "feedback" in fields.operation_type.casefold()
    if obeys(bare, known, instructions) or (not is_feedback and repeats_a_quotation(bare, known)):
        return "obeyed"
    if (
        not is_translated
        and (bare == text or len(bare) > _SHORT)
        and shared(bare, known, language) < (_SHARED_OF_DENSE if language in _DENSE else _SHARED)
    ):
        return "off_topic"
    if tells_another_outcome(bare, known, fields, language):
        return "wrong_outcome"
    is_asked = fields.kind is Kind.APPROVAL and fields.outcome is not Outcome.COMPLETED
    plan, done = (
        (f"{fields.what} {fields.next_steps}", fields.why)
        if is_asked
        else (fields.next_steps, f"{fields.agent_name} {fields.title} {fields.what} {fields.why}")
    )
    if not is_translated and tells_plan_as_done(bare, plan, done, language, is_asked=is_asked):
        return "wrong_outcome"
    may_deny = fields.outcome in (Outcome.FAILED, Outcome.STOPPED) or fields.kind is Kind.APPROVAL
    if (
        swaps_roles(folded, known_folded)
        or turns_figure(folded, known_folded, language)
        or turns_hour(folded, known_folded)
        or drops_nearly(folded, known_folded)
    ):
        return "contradicts"
    if contradicts(bare, Known(known, fields.next_steps), language, may_deny=may_deny):
        return "contradicts"
    return None


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
    if any(blank[0].casefold() not in known for blank in _BLANK.finditer(text)):
        return True
    letters = {letter[0].casefold() for letter in _LETTER.finditer(text)}
    return bool(letters) and not letters <= set(_WORDS.findall(known))
