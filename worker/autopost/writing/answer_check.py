"""Check whether the model's answer can become a post. Pure; the redactor checks for personal data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import regex

from autopost.writing.answer import Answer
from autopost.writing.lazy import Lazy
from autopost.writing.length import limit_emoji
from autopost.writing.plain import plain
from autopost.writing.prompt import TAG, system_message
from autopost.writing.subject import stem
from autopost.writing.voice import DEFAULT, DEFAULT_TEXT, Voice

_MAX_CHARACTERS = 4_000  # 100 tokens are far fewer, but a broken server can send anything
_LEAK_WORDS = 6  # this many words in a row are not shared with the system prompt by chance
_SHORT_LEAK_WORDS, _SHORT_LEAK_WEIGHT = 4, 3  # in a row, and so many of them that say something
_LEAK_WORDS_OF_VOICE = 12  # the team's own words may well name a phrase that posts are to have

# Marks of a model's thoughts: DeepSeek, Qwen, Mistral, Kimi, ByteDance, gpt-oss. Many servers put the opening mark into
# the prompt, so that only the closing one is in the answer.
_THOUGHT = r"(?:think(?:ing)?|thoughts?|reasoning|reflection|seed:think|scratchpad|analysis)"
_THOUGHTS = Lazy(
    rf"\A.*(?:</{_THOUGHT}>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>|assistantfinal)",
    regex.DOTALL | regex.IGNORECASE,
)
_OPEN_THOUGHT = Lazy(
    rf"(?:<{_THOUGHT}\b[^<>]{{0,80}}>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>analysis|\Aanalysis(?=[A-Z])).*\Z",
    regex.DOTALL | regex.IGNORECASE,
)
_ABOUT_THE_TASK = Lazy(
    r"\b(?:the user|user['’]s request|the prompt|the JSON|the instructions?)\b"
    r"|\b(?:I|we) (?:need|have|should|must) (?:to )?(?:write|create|produce|craft|make|output|post)"
    r"|\A(?:okay|ok|alright|hmm|so|first)\b.{0,40}\b(?:let me|let['’]s|I)\b",
    regex.IGNORECASE,
)
_FENCED = Lazy(r"```[\w-]*\s(?P<inside>.*)```", regex.DOTALL)
_LABEL = Lazy(
    r"(?:\*\*)?(?:(?:the |your |social |media |status |team |feed )*(?:post|update|tweet|caption|draft)"
    r"|(?:sure[!,.]? |of course[!,.]? |okay[!,.]? )?here(?:['’]s| is)\b[^:]{0,50}?(?:post|update|tweet)[^:]{0,30})"
    r"(?:\*\*)?:(?:\*\*)?\s*",
    regex.IGNORECASE,
)
# "..." — Finch, an AI agent
_ATTRIBUTED = Lazy(r"(?P<inside>[\"“„«][^\"“”„«»]+[\"”“»])\s?[–—-]{1,2}\s?\p{Lu}[^.!?\"“”«»]{1,50}\.?")
_WRAPPINGS = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("'", "'"), ("‘", "’"), ("`", "`"), ("**", "**"))

_CANNOT = r"I(?: can(?:['’]?t|not)| won['’]?t| will not| must decline|(?:['’]m| am) (?:unable|not able))\b"
_REFUSAL = Lazy(
    r"\bas an ai\b(?! agent)"
    rf"|\b(?:sorry|apologi[sz]e|unfortunately)\b[^.!?]{{0,20}}\b{_CANNOT} (?:to )?"
    r"(?:(?:do|share|provide|answer|post|write) (?:this|that|it|such|more|any|a post|the post)"
    r"|fulfil+|discuss|help|assist)\b"
    rf"|\b{_CANNOT} (?:to )?"
    r"(?:help|assist|comply|fulfil+|do that|engage|(?:write|create|generate|provide|produce)"
    r"(?: (?:this|that|it|such|a|an|the|any|your|content|posts?))?(?: \w+)?"
    r" (?:posts?|content|that|this|it|request|text)|write)\b",
    regex.IGNORECASE,
)
_MARKERS = Lazy(
    rf"</?\s*{TAG}|<\|\w+\|>|\[/?INST\]|<</?SYS>>|\b(?:agent_name|operation_type|what_explanation|why_explanation|next_steps|what_was_done)\b|\A\W*(?:assistant|user)\s*:|\A\W*system\s*:\s*(?:you\b|prompt\b)"
    r"|\{(?:agent_name|operation_type|what_explanation|why_explanation|next_steps)\}",
    regex.IGNORECASE,
)
# A choice of posts, a table or a picture of characters.
_NO_POST = Lazy(
    r"(?m)^\s*(?:[-*•–]|\d{1,2}[.)]|[A-Ca-c][.)])\s.*\n(?:.*\n)?\s*(?:[-*•–]|\d{1,2}[.)]|[A-Ca-c][.)])\s"
    r"|^\s*\|.*\|\s*$|^\s*(?:or|oder|ou|o|oppure|lub|или|または|或者?)\s*:?\s*$|(?:\A|\s)1[.)]\s.*\s2[.)]\s"
    r"|(?:\A|\s)[(]?a[.)]\s.*\s[(]?b[.)]\s|\(1\)\s.*\(2\)\s|\s\|{1,2}\s|^\s*>{1,3}\s|(?:\b\p{L}\s){6}|([!?])\1{2}"
    r"|&(?:nbsp|amp|lt|gt|quot|#\d+);|\\[nrt\"]|\\u[0-9a-f]{4}|\\[a-z]+\{|\[/?(?:b|i|u|url|quote|color)\b[^\]]*\]"
    r"|(?<!\w):[a-z_]{3,}:(?!\w)|[\uFF21-\uFF3A\uFF41-\uFF5A]{3}|[\u2460-\u24FF\U0001F130-\U0001F189]{2}|[<>]{2}"
    r"|[=~*_#•★☆|]{4,}|[\u2500-\u259F\u2800-\u28FF]{2}|[\U0001D400-\U0001D7FF]{3}|\p{M}{4}"
    r"|([•▪◦‣➤➜▶►◆■●○★☆✔✓→])[^\n]*\2",
    regex.IGNORECASE,
)
_KEY = Lazy(r"\A\W*[\"'“”]\w+[\"'“”]\s?:\s")
_STRUCK_OUT = Lazy(r"~~[^~]{1,200}~~\s*")
_LIGHT_EMPHASIS = Lazy(r"(?<![\w*_~])([*_~])(?=\S)([^*_~]{1,60}?)(?<=\S)\1(?![\w*_~])")
_EMPHASIS = Lazy(r"(\*\*|__|`)(?=\S)([^*_`]{1,200}?)(?<=\S)\1")
_HEADING = Lazy(r"(?m)^\s*#{1,6}\s+")
_JSON = Lazy(r"[\[{].*[\]}]", regex.DOTALL)
_WORD = regex.compile(r"\w+")
_LETTER_OR_DIGIT = Lazy(r"[\p{L}\p{N}]")
# Replace the placeholders in an answer while it is checked: their brackets are not markup of the model.
_STAND_INS = range(0x10FF00, 0x10FFFE)
_STAND_IN = Lazy(r"[\U0010FF00-\U0010FFFD]")
_SENTENCE_ENDS = Lazy(
    r"[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\"']*(?=\s|\Z|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}])|\p{Extended_Pictographic}\uFE0F?\Z"
)
_LEAST_CHARACTERS = 20  # of an answer that the token limit ended


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an answer cannot be published: `empty`, `refused`, `leaked_prompt`, `bad_response` or `out_of_tokens`.

    The checks that follow have reasons of their own. `found` is what the redactor found in it, by type.
    """

    reason: str
    found: Mapping[str, int] = field(default_factory=dict, hash=False)


def check(answer: Answer, placeholders: Collection[str] = (), voice: Voice = DEFAULT) -> str | Rejected:
    """Return the post in `answer`, cleaned up and on one line, or why there is none.

    `placeholders` and `voice` are those in the prompt. The text is neither redacted nor cut to length yet.
    """
    stand_ins = dict(zip(sorted(placeholders, key=len, reverse=True), map(chr, _STAND_INS), strict=False))
    text = _cleaned_up(answer, stand_ins, voice)
    if isinstance(text, Rejected):
        return text
    for placeholder, stand_in in stand_ins.items():
        text = text.replace(stand_in, placeholder)
    return text if _LETTER_OR_DIGIT.search(text) else Rejected("empty")


def _cleaned_up(answer: Answer, stand_ins: Mapping[str, str], voice: Voice) -> str | Rejected:
    said = _STAND_IN.sub("", answer.text[:_MAX_CHARACTERS])
    for placeholder, stand_in in stand_ins.items():
        said = said.replace(placeholder, stand_in)
    said = without_thoughts(said)
    line = plain(said)
    if answer.refused or _REFUSAL.search(line):
        return Rejected("refused")
    if _MARKERS.search(line) or _repeats_prompt(line, voice):
        return Rejected("leaked_prompt")
    if _NO_POST.search(said) or _KEY.match(said):
        return Rejected("bad_response")
    text = _unwrap(_without_markup(said))
    if _JSON.fullmatch(text):
        return Rejected("bad_response")
    text = limit_emoji(text, voice.emoji)
    return _whole_sentences(text) if answer.truncated else text


def without_thoughts(text: str) -> str:
    """Return the text after the model's thoughts; empty if they never ended."""
    return _OPEN_THOUGHT.sub("", _THOUGHTS.sub("", text))


def is_all_thoughts(text: str) -> bool:
    """Return whether an answer that the token limit ended is the model's thoughts alone, with a mark or without."""
    said = plain(without_thoughts(text[:_MAX_CHARACTERS]))
    return not said or _ABOUT_THE_TASK.search(said) is not None


def _without_markup(text: str) -> str:
    """Return the text without Markdown: what is struck out is gone, what is emphasised stays."""
    if "```" in text:
        return text
    return _HEADING.sub("", _LIGHT_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", _STRUCK_OUT.sub("", text))))


def _unwrap(text: str) -> str:
    """Return the text without what models put around a post: a code fence, a label, quotation marks."""
    fenced = _FENCED.fullmatch(text.strip())
    text = plain(fenced["inside"] if fenced else text)
    before = None
    while text != before:
        before = text
        label = _LABEL.match(text)
        text = text[label.end() :] if label else text
        attributed = _ATTRIBUTED.fullmatch(text)
        text = _unquote(attributed["inside"] if attributed else text)
    return text


def _unquote(text: str) -> str:
    for opening, closing in _WRAPPINGS:
        inside = text[len(opening) : -len(closing)]
        wrapped = text.startswith(opening) and text.endswith(closing) and len(text) > len(opening + closing)
        if wrapped and closing not in inside:
            return inside.strip()
    return text


def _whole_sentences(text: str) -> str | Rejected:
    """Return the sentences before the token limit ended the answer, if they say enough."""
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(text)]
    whole = text[: ends[-1]].strip() if ends else ""
    return whole if len(whole) >= _LEAST_CHARACTERS else Rejected("out_of_tokens")


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def _weighty_runs(text: str) -> set[tuple[str, ...]]:
    return {
        run
        for run in _runs(text, _SHORT_LEAK_WORDS)
        if sum(stem(word) is not None for word in run) >= _SHORT_LEAK_WEIGHT
    }


@lru_cache(maxsize=8)
def _prompt_runs(voice: Voice) -> tuple[tuple[int, set[tuple[str, ...]]], ...]:
    """Return the runs of words that no post has, by their length: of the system message, and of the team's voice."""
    is_own = voice.text != DEFAULT_TEXT
    fixed = system_message(replace(voice, text="") if is_own else voice)
    return (
        (_LEAK_WORDS, _runs(fixed, _LEAK_WORDS)),
        (_SHORT_LEAK_WORDS, _weighty_runs(fixed)),
        *([(_LEAK_WORDS_OF_VOICE, _runs(voice.text, _LEAK_WORDS_OF_VOICE))] if is_own else []),
    )


def _repeats_prompt(text: str, voice: Voice) -> bool:
    return any(not runs.isdisjoint(_runs(text, length)) for length, runs in _prompt_runs(voice))
