"""What the parts of the file of the team's wording have in common: where a mistake is, and what is allowed instead."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import regex

from autopost.writing.language import NAMES
from autopost.writing.length import LIMIT_CHARACTERS, count_emoji
from autopost.writing.plain import plain
from autopost.writing.template import Template, TemplateError, parse_template, place_of
from autopost.writing.voice import MAX_EMOJI

MAX_FIXED_CHARACTERS = 200  # of a template: the rest is for what happened
_SHOWN_CHARACTERS = 60

Problem = Callable[[str, str], None]  # the key that is wrong, and what about it


class Lines:
    """Finds the line of a key, for messages; finds none where the file is written in another way."""

    def __init__(self, text: str, sections: Sequence[str]) -> None:
        header_of = regex.compile(rf"\s*\[{{1,2}}\s*[\"']?(?P<name>{'|'.join(sections)})[\"']?\s*\]")
        self._lines = text.splitlines()
        self._starts: dict[str, list[int]] = {section: [] for section in sections}
        for at, line in enumerate(self._lines):
            if header := header_of.match(line):
                self._starts[header["name"]].append(at)

    def place(self, section: str, number: int, key: str) -> str:
        """Return `line 3: `, or nothing; `number` is that of the section among those of its name."""
        starts = self._starts[section]
        at = max(number - 1, 0)
        if at >= len(starts):
            return ""
        line = starts[at]
        for later in range(line + 1, len(self._lines) if key else line):
            if self._lines[later].lstrip().startswith("["):
                break
            if regex.match(rf"\s*[\"']?{regex.escape(key)}[\"']?\s*=", self._lines[later]):
                line = later
                break
        return f"line {line + 1}: "


def template_in(
    key: str, text: Any, known: Collection[str], problem: Problem, most_fixed: int = MAX_FIXED_CHARACTERS
) -> Template | None:
    """Return the template that a key has; a problem, and perhaps None, where it is none or has other placeholders."""
    if not isinstance(text, str) or not plain(text):
        problem(key, f"missing, or empty; expected: a text with placeholders, such as {{{next(iter(known))}}}")
        return None
    text = text.strip()
    if plain(text) != text:
        problem(key, "has line breaks, several spaces in a row or invisible characters; expected: one line")
        return None
    try:
        template = parse_template(text)
    except TemplateError as error:
        problem(key, f"character {error.character}: {error}")
        return None
    for name in sorted(template.names - set(known), key=lambda name: place_of(text, name)):
        wanted = meant(name, known, "{%s}")
        problem(key, f"character {place_of(text, name)}: {{{shown(name)}}} is no placeholder; {wanted}")
    fixed = template.fixed_text
    if len(fixed) > most_fixed:
        room = f"a post has {LIMIT_CHARACTERS}, and what happened must fit in"
        problem(key, f"has {len(fixed)} characters beside placeholders; expected: at most {most_fixed}, as {room}")
    if count_emoji(fixed) > MAX_EMOJI:
        problem(key, f"has {count_emoji(fixed)} emoji; expected: at most {MAX_EMOJI}")
    return template


def language_in(section: dict[str, Any], problem: Problem) -> str | None:
    """Return the code of a language that a section has; a problem and None where it is none."""
    given = section["language"]
    if isinstance(given, str) and given in NAMES:
        return given
    problem("language", f"got {shown(given)}; expected: a code of ISO 639-1: {', '.join(NAMES)}")
    return None


def choice(key: str, given: Any, choices: Any, problem: Problem) -> Any:
    """Return one of some choices; a problem and None for anything else."""
    if isinstance(given, str) and given in list(choices):
        return choices(given)
    problem(key, f"got {shown(given)}; {meant(given, list(choices))}")
    return None


def require_known(section: dict[str, Any], known: Collection[str], problem: Problem) -> None:
    """Name each key of a section that is not known."""
    for key in section:
        if key not in known:
            problem(shown(key), f"not known; {meant(key, known)}")


def meant(given: Any, known: Iterable[str], form: str = "%s") -> str:
    """Return what was probably meant, or else everything that is allowed."""
    near = difflib.get_close_matches(str(given).lower(), known := list(known), n=1)
    return f"did you mean {form % near[0]}?" if near else f"expected: {', '.join(form % name for name in known)}"


def listed(choices: Any) -> str:
    """Return choices as a message names them."""
    return ", ".join(map(str, choices))


def shown(value: Any) -> str:
    """Return a value of the file as a message may show it."""
    text = plain(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
