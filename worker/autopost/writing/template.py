"""One template: fixed text with placeholders, filled with an operation's texts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex

from autopost.errors import AutopostError

WHAT = "what_explanation"
# Without them a template says what happened instead, unless it does so anyway.
_REPLACED_BY_WHAT = ("why_explanation", "next_steps")
_JOINT = r"\s*(?:[:;,–—-]\s*)?"
_JOINT_AT_THE_END = regex.compile(rf"{_JOINT}\Z")
_JOINT_AT_THE_START = regex.compile(rf"\A{_JOINT}")
_EMPTY_BRACKETS = {"(": ")", "[": "]"}
_ENDS_A_SENTENCE = regex.compile(r"[\p{Sentence_Terminal}…:\p{Extended_Pictographic}\uFE0F][\p{Pe}\p{Pf}\"']*\Z")
_TOKEN = regex.compile(r"(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]*)\}|(?P<stray>[{}])")


class TemplateError(AutopostError):
    """A template cannot be used. `character` is where, the first is 1."""

    def __init__(self, message: str, character: int) -> None:
        super().__init__(message)
        self.character = character


@dataclass(frozen=True, slots=True)
class Placeholder:
    """The place of a value in a template."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template."""

    parts: tuple[str | Placeholder, ...]

    @property
    def fixed_text(self) -> str:
        """Return the text without the placeholders, each of which is a space."""
        return "".join(part if isinstance(part, str) else " " for part in self.parts)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of its placeholders."""
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with the values, which may be empty; braces in them are data.

        An empty value takes the punctuation and space before it along, so that the sentence has no gap. Instead of a
        missing reason or next step the post says what was done.
        """
        says_what = WHAT in self.names
        filled = ""
        gap = False
        for part in self.parts:
            if isinstance(part, str):
                text = part
                if gap and filled[-1:] in _EMPTY_BRACKETS and text.startswith(_EMPTY_BRACKETS[filled[-1]]):
                    filled, text = filled[:-1].rstrip(), text[1:]
                filled += _JOINT_AT_THE_START.sub("", text) if gap and not filled else text
                gap = gap and not text
                continue
            value = values[part.name]
            if not value and part.name in _REPLACED_BY_WHAT and not says_what:
                value, says_what = values[WHAT], True
            gap = not value
            filled = filled + value if value else _JOINT_AT_THE_END.sub("", filled)
        filled = filled.strip()
        return f"{filled}." if gap and filled and not _ENDS_A_SENTENCE.search(filled) else filled


def parse_template(text: str) -> Template:
    """Return a template; `{{` and `}}` are braces. Raises TemplateError for a brace or name that is not closed."""
    parts: list[str | Placeholder] = []
    literal, end = "", 0
    for token in _TOKEN.finditer(text):
        literal += text[end : token.start()]
        end = token.end()
        if token["stray"]:
            raise TemplateError(
                f"a lone {token[0]}; expected: {{name}}, or {token[0] * 2} for the sign", token.start() + 1
            )
        if token["brace"]:
            literal += token[0][0]
            continue
        parts += [literal, Placeholder(token["name"])] if literal else [Placeholder(token["name"])]
        literal = ""
    literal += text[end:]
    return Template((*parts, literal) if literal else tuple(parts))


def place_of(text: str, name: str) -> int:
    """Return the character at which a placeholder begins, the first is 1."""
    return next(token.start() + 1 for token in _TOKEN.finditer(text) if token["name"] == name)
