"""The TOML file of the team's wording: templates and the voice. Error messages say where, and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from functools import cache
from importlib import resources
from typing import Any

import regex

from autopost.errors import ConfigurationError, Unreadable
from autopost.settings.bounded_file import parse_toml
from autopost.writing.language import NAMES
from autopost.writing.length import LIMIT_CHARACTERS, count_emoji
from autopost.writing.outcome import Outcome
from autopost.writing.plain import plain
from autopost.writing.template import Template, TemplateError, parse_template, place_of
from autopost.writing.vocabulary import FINISHED, says
from autopost.writing.voice import HASHTAG, MAX_EMOJI, Voice
from autopost.writing.wording import PLACEHOLDERS, SUMMARY_PLACEHOLDERS, Entry, Subject, Wording

MAX_TEMPLATES = 1_000
MAX_PROBLEMS = 20  # that are shown
MAX_FIXED_CHARACTERS = 200  # of a template: the rest is for what happened
MAX_VOICE_CHARACTERS = 1_000
MAX_HASHTAGS_LISTED = 20
MAX_HASHTAG_CHARACTERS = 40
MAX_RULE = 2_147_483_647
_TYPE_CHARACTERS = 200
_TARGETS = ("rule", "operation_type", "kind")
_TEMPLATE_KEYS = (*_TARGETS, "outcome", "language", "text")
_VOICE_KEYS = ("text", "language", "hashtags", "emoji")
_SHOWN_CHARACTERS = 60
_UNFORTUNATE = (Outcome.FAILED, Outcome.STOPPED)

Problem = Callable[[str, str], None]  # the key that is wrong, and what about it


def parse_wording(text: str, source: str) -> Wording:
    """Return the wording. Raises ConfigurationError with every problem at once.

    `source` is where the text came from. An empty text changes nothing of the default wording.
    """
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ConfigurationError(f"{source}: {error}") from None
    problems: list[str] = []
    lines = _Lines(text)

    def about(section: str, number: int = 0) -> Problem:
        def report(key: str, what: str) -> None:
            name = f"[[templates]] {number}" if number else "[voice]"
            problems.append(f"{lines.place(section, number, key)}{name}{f' {key}' if key else ''}: {what}")

        return report

    sections = ("templates", "voice")
    problems += [f"{_shown(key)}: not known; {_meant(key, sections)}" for key in document if key not in sections]
    given = document.get("templates", [])
    if not isinstance(given, list) or not all(isinstance(section, dict) for section in given):
        problems.append("templates: expected: a section [[templates]], with two pairs of brackets, for each template")
        given = []
    if len(given) > MAX_TEMPLATES:
        problems.append(f"templates: there are {len(given):,}; expected: at most {MAX_TEMPLATES:,}")
        given = []
    entries = [_entry(section, about("templates", number)) for number, section in enumerate(given, 1)]
    problems += _duplicates(entries)
    voice = _voice(document.get("voice", {}), about("voice"))
    if problems:
        shown = [f"  {problem}" for problem in problems[:MAX_PROBLEMS]]
        if len(problems) > MAX_PROBLEMS:
            shown.append(f"  and {len(problems) - MAX_PROBLEMS:,} more")
        raise ConfigurationError("\n".join([f"{source} is invalid:", *shown]))
    return Wording([entry for entry in entries if entry is not None], voice)


@cache
def default_wording() -> Wording:
    """Return the wording of a new installation."""
    file = resources.files(__package__).joinpath("default_wording.toml")
    return parse_wording(file.read_text("utf-8"), "default_wording.toml")


class _Lines:
    """Finds the line of a key, for messages; finds none where the file is written in another way."""

    _HEADER = regex.compile(r"\s*\[{1,2}\s*[\"']?(?P<name>templates|voice)[\"']?\s*\]")

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._starts: dict[str, list[int]] = {"templates": [], "voice": []}
        for at, line in enumerate(self._lines):
            if header := self._HEADER.match(line):
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


def _entry(section: dict[str, Any], problem: Problem) -> Entry | None:
    _require_known(section, _TEMPLATE_KEYS, problem)
    targets = [key for key in _TARGETS if key in section]
    if len(targets) > 1:
        problem(targets[1], f"given beside {targets[0]}; expected: one of {', '.join(_TARGETS)}, or none of them")
    subject = _choice("kind", section.get("kind", Subject.ORDINARY), Subject, problem)
    outcomes = _outcomes(section, subject, problem)
    entry = {
        "language": _language(section, problem) if "language" in section else None,
        "rule": _rule(section["rule"], problem) if "rule" in section else None,
        "operation_type": _type(section["operation_type"], problem) if "operation_type" in section else None,
        "subject": subject,
    }
    template = _template(section, subject, outcomes, problem)
    return Entry(template, outcomes, **entry) if template is not None and subject is not None else None


def _template(
    section: dict[str, Any], subject: Subject | None, outcomes: frozenset[Outcome], problem: Problem
) -> Template | None:
    text = section.get("text")
    if not isinstance(text, str) or not plain(text):
        problem("text", "missing, or empty; expected: a text with placeholders, such as {what_explanation}")
        return None
    if plain(text) != text.strip():
        problem("text", "has line breaks, several spaces in a row or invisible characters; expected: one line")
        return None
    try:
        template = parse_template(text.strip())
    except TemplateError as error:
        problem("text", f"character {error.character}: {error}")
        return None
    known = SUMMARY_PLACEHOLDERS if subject is Subject.SUMMARY else PLACEHOLDERS
    for name in sorted(template.names - known.keys(), key=lambda name: place_of(text.strip(), name)):
        meant = _meant(name, known, "{%s}")
        problem("text", f"character {place_of(text.strip(), name)}: {{{_shown(name)}}} is no placeholder; {meant}")
    fixed = template.fixed_text
    if len(fixed) > MAX_FIXED_CHARACTERS:
        room = f"a post has {LIMIT_CHARACTERS}, and what happened must fit in"
        problem(
            "text",
            f"has {len(fixed)} characters beside placeholders; expected: at most {MAX_FIXED_CHARACTERS}, as {room}",
        )
    if count_emoji(fixed) > MAX_EMOJI:
        problem("text", f"has {count_emoji(fixed)} emoji; expected: at most {MAX_EMOJI}")
    if not outcomes.isdisjoint(_UNFORTUNATE) and says(FINISHED, fixed.casefold()):
        problem("text", "sounds as if the work was finished, and is for work that failed or was stopped")
    return template


def _outcomes(section: dict[str, Any], subject: Subject | None, problem: Problem) -> frozenset[Outcome]:
    given = section.get("outcome")
    if subject is Subject.SUMMARY:
        if given is not None:
            problem("outcome", "a summary of alerts has none")
        return frozenset()
    if given is None:
        problem("outcome", f"missing; expected: {_listed(Outcome)}, or a list of them")
        return frozenset()
    several = given if isinstance(given, list) and given else [given]
    return frozenset(found for one in several if (found := _choice("outcome", one, Outcome, problem)) is not None)


def _choice(key: str, given: Any, choices: Any, problem: Problem) -> Any:
    if isinstance(given, str) and given in list(choices):
        return choices(given)
    problem(key, f"got {_shown(given)}; {_meant(given, list(choices))}")
    return None


def _language(section: dict[str, Any], problem: Problem) -> str | None:
    given = section["language"]
    if isinstance(given, str) and given in NAMES:
        return given
    problem("language", f"got {_shown(given)}; expected: a code of ISO 639-1: {', '.join(NAMES)}")
    return None


def _rule(given: Any, problem: Problem) -> int | None:
    if type(given) is int and 1 <= given <= MAX_RULE:
        return given
    problem("rule", f"got {_shown(given)}; expected: the id of a rule, as `autopost rules` lists them")
    return None


def _type(given: Any, problem: Problem) -> str | None:
    if isinstance(given, str) and plain(given) and len(given) <= _TYPE_CHARACTERS:
        return plain(given).casefold()
    problem("operation_type", f"got {_shown(given)}; expected: an operation type, such as workflow_execute")
    return None


def _duplicates(entries: Iterable[Entry | None]) -> Iterable[str]:
    """Yield which templates another one for the same operations leaves without any."""
    seen: dict[Any, int] = {}
    for number, entry in enumerate(entries, 1):
        if entry is None:
            continue
        for outcome in sorted(map(str, entry.outcomes)) or [""]:
            key = (entry.rule, entry.operation_type, entry.subject, entry.language, outcome)
            first = seen.setdefault(key, number)
            if first != number:
                what = f" and the outcome {outcome}" if outcome else ""
                yield f"[[templates]] {number}: for the same operations{what} as [[templates]] {first}"


def _voice(section: Any, problem: Problem) -> Voice:
    default = Voice()
    if not isinstance(section, dict):
        problem("", "expected: a section [voice]")
        return default
    _require_known(section, _VOICE_KEYS, problem)
    text = section.get("text", default.text)
    shown = " ".join(text.split()) if isinstance(text, str) else ""
    if not plain(shown) or plain(shown) != shown or len(shown) > MAX_VOICE_CHARACTERS:
        problem("text", f"expected: a paragraph of 1 to {MAX_VOICE_CHARACTERS:,} visible characters on how posts sound")
    emoji = section.get("emoji", default.emoji)
    if type(emoji) is not int or not 0 <= emoji <= MAX_EMOJI:
        problem("emoji", f"got {_shown(emoji)}; expected: how many a post may have, 0 to {MAX_EMOJI}")
        emoji = default.emoji
    language = None
    if section.get("language", "auto") != "auto":
        language = _language(section, problem)
    return Voice(shown, language, _hashtags(section.get("hashtags", False), problem), emoji)


def _hashtags(given: Any, problem: Problem) -> tuple[str, ...] | None:
    if isinstance(given, bool):
        return None if given else ()
    if isinstance(given, list) and len(given) <= MAX_HASHTAGS_LISTED and all(isinstance(tag, str) for tag in given):
        wrong = [tag for tag in given if not HASHTAG.fullmatch(tag) or len(tag) > MAX_HASHTAG_CHARACTERS]
        if not wrong:
            return tuple(given)
        given = wrong[0]
    allowed = f'true, false, or a list of at most {MAX_HASHTAGS_LISTED}, such as ["#automation"]'
    problem("hashtags", f"got {_shown(given)}; expected: {allowed}")
    return ()


def _require_known(section: dict[str, Any], known: Collection[str], problem: Problem) -> None:
    for key in section:
        if key not in known:
            problem(_shown(key), f"not known; {_meant(key, known)}")


def _meant(given: Any, known: Iterable[str], form: str = "%s") -> str:
    """Return what was probably meant, or else everything that is allowed."""
    near = difflib.get_close_matches(str(given).lower(), known := list(known), n=1)
    return f"did you mean {form % near[0]}?" if near else f"expected: {', '.join(form % name for name in known)}"


def _listed(choices: Any) -> str:
    return ", ".join(map(str, choices))


def _shown(value: Any) -> str:
    text = plain(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
