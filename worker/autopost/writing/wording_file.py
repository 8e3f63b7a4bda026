"""The TOML file of the team's wording: templates and the voice. Error messages say where, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from autopost.errors import ConfigurationError, Unreadable
from autopost.settings.bounded_file import parse_toml
from autopost.writing.digest import DigestTexts
from autopost.writing.digest_file import digest_wordings
from autopost.writing.language import NAMES
from autopost.writing.outcome import Outcome
from autopost.writing.plain import plain
from autopost.writing.template import Template
from autopost.writing.vocabulary import FINISHED, says
from autopost.writing.voice import HASHTAG, MAX_EMOJI, Voice
from autopost.writing.wording import PLACEHOLDERS, SUMMARY_PLACEHOLDERS, Entry, Subject, Wording
from autopost.writing.wording_problems import (
    Lines,
    Problem,
    choice,
    language_in,
    listed,
    meant,
    require_known,
    shown,
    template_in,
)

MAX_TEMPLATES = 1_000
MAX_PROBLEMS = 20  # that are shown
MAX_VOICE_CHARACTERS = 1_000
MAX_HASHTAGS_LISTED = 20
MAX_HASHTAG_CHARACTERS = 40
MAX_RULE = 2_147_483_647
_TYPE_CHARACTERS = 200
_SECTIONS = ("templates", "voice", "digests")
_TARGETS = ("rule", "operation_type", "kind")
_TEMPLATE_KEYS = (*_TARGETS, "outcome", "language", "text")
_VOICE_KEYS = ("text", "language", "hashtags", "emoji")
_UNFORTUNATE = (Outcome.FAILED, Outcome.STOPPED)


def parse_wording(text: str, source: str) -> Wording:
    """Return the wording. Raises ConfigurationError with every problem at once.

    `source` is where the text came from. An empty text changes nothing of the default wording.
    """
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ConfigurationError(f"{source}: {error}") from None
    problems: list[str] = []
    lines = Lines(text, _SECTIONS)

    def about(section: str, number: int = 0) -> Problem:
        def report(key: str, what: str) -> None:
            name = f"[[{section}]] {number}" if number else f"[{section}]"
            problems.append(f"{lines.place(section, number, key)}{name}{f' {key}' if key else ''}: {what}")

        return report

    problems += [f"{shown(key)}: not known; {meant(key, _SECTIONS)}" for key in document if key not in _SECTIONS]

    def sections(name: str, most: int) -> list[tuple[dict[str, Any], Problem]]:
        given = document.get(name, [])
        if not isinstance(given, list) or not all(isinstance(section, dict) for section in given):
            problems.append(f"{name}: expected: a section [[{name}]], with two pairs of brackets, for each")
            return []
        if len(given) > most:
            problems.append(f"{name}: there are {len(given):,}; expected: at most {most:,}")
            return []
        return [(section, about(name, number)) for number, section in enumerate(given, 1)]

    entries = [_entry(section, problem) for section, problem in sections("templates", MAX_TEMPLATES)]
    problems += _duplicates(entries)
    voice = _voice(document.get("voice", {}), about("voice"))
    digests = digest_wordings(sections("digests", len(NAMES) + 1))
    if problems:
        named = [f"  {problem}" for problem in problems[:MAX_PROBLEMS]]
        if len(problems) > MAX_PROBLEMS:
            named.append(f"  and {len(problems) - MAX_PROBLEMS:,} more")
        raise ConfigurationError("\n".join([f"{source} is invalid:", *named]))
    return Wording([entry for entry in entries if entry is not None], voice, DigestTexts(digests, voice.language))


@cache
def default_wording() -> Wording:
    """Return the wording of a new installation."""
    file = resources.files(__package__).joinpath("default_wording.toml")
    return parse_wording(file.read_text("utf-8"), "default_wording.toml")


def _entry(section: dict[str, Any], problem: Problem) -> Entry | None:
    require_known(section, _TEMPLATE_KEYS, problem)
    targets = [key for key in _TARGETS if key in section]
    if len(targets) > 1:
        problem(targets[1], f"given beside {targets[0]}; expected: one of {', '.join(_TARGETS)}, or none of them")
    subject = choice("kind", section.get("kind", Subject.ORDINARY), Subject, problem)
    outcomes = _outcomes(section, subject, problem)
    entry = {
        "language": language_in(section, problem) if "language" in section else None,
        "rule": _rule(section["rule"], problem) if "rule" in section else None,
        "operation_type": _type(section["operation_type"], problem) if "operation_type" in section else None,
        "subject": subject,
    }
    template = _template(section, subject, outcomes, problem)
    return Entry(template, outcomes, **entry) if template is not None and subject is not None else None


def _template(
    section: dict[str, Any], subject: Subject | None, outcomes: frozenset[Outcome], problem: Problem
) -> Template | None:
    known = SUMMARY_PLACEHOLDERS if subject is Subject.SUMMARY else PLACEHOLDERS
    template = template_in("text", section.get("text"), known, problem)
    if template is None:
        return None
    fixed = template.fixed_text
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
        problem("outcome", f"missing; expected: {listed(Outcome)}, or a list of them")
        return frozenset()
    several = given if isinstance(given, list) and given else [given]
    return frozenset(found for one in several if (found := choice("outcome", one, Outcome, problem)) is not None)


def _rule(given: Any, problem: Problem) -> int | None:
    if type(given) is int and 1 <= given <= MAX_RULE:
        return given
    problem("rule", f"got {shown(given)}; expected: the id of a rule, as `autopost rules` lists them")
    return None


def _type(given: Any, problem: Problem) -> str | None:
    if isinstance(given, str) and plain(given) and len(given) <= _TYPE_CHARACTERS:
        return plain(given).casefold()
    problem("operation_type", f"got {shown(given)}; expected: an operation type, such as workflow_execute")
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
    require_known(section, _VOICE_KEYS, problem)
    text = section.get("text", default.text)
    paragraph = " ".join(text.split()) if isinstance(text, str) else ""
    if not plain(paragraph) or plain(paragraph) != paragraph or len(paragraph) > MAX_VOICE_CHARACTERS:
        problem("text", f"expected: a paragraph of 1 to {MAX_VOICE_CHARACTERS:,} visible characters on how posts sound")
    emoji = section.get("emoji", default.emoji)
    if type(emoji) is not int or not 0 <= emoji <= MAX_EMOJI:
        problem("emoji", f"got {shown(emoji)}; expected: how many a post may have, 0 to {MAX_EMOJI}")
        emoji = default.emoji
    language = None
    if section.get("language", "auto") != "auto":
        language = language_in(section, problem)
    return Voice(paragraph, language, _hashtags(section.get("hashtags", False), problem), emoji)


def _hashtags(given: Any, problem: Problem) -> tuple[str, ...] | None:
    if isinstance(given, bool):
        return None if given else ()
    if isinstance(given, list) and len(given) <= MAX_HASHTAGS_LISTED and all(isinstance(tag, str) for tag in given):
        wrong = [tag for tag in given if not HASHTAG.fullmatch(tag) or len(tag) > MAX_HASHTAG_CHARACTERS]
        if not wrong:
            return tuple(given)
        given = wrong[0]
    allowed = f'true, false, or a list of at most {MAX_HASHTAGS_LISTED}, such as ["#automation"]'
    problem("hashtags", f"got {shown(given)}; expected: {allowed}")
    return ()
