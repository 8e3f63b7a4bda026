r"""Read a user's own patterns from a TOML document, in gitleaks' format or in a short one.

    [[rules]]                                [patterns]
    id = "employee-number"                   employee-number = 'E-\d{6}'
    regex = '''\bE-\d{6}\b'''
    keywords = ["e-"]                        [patterns.badge]
                                             regex = 'badge (\d{5})'
                                             keywords = ["badge"]

Supported keys of gitleaks: id, regex, secretGroup, keywords, entropy, and of allowlists (of a rule, or global with
targetRules) regexes, regexTarget and stopwords. Paths and commits do not apply to texts: a rule with a `path` is
skipped, and an allowlist that requires a path or a commit never applies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import re2

from autopost.errors import ConfigurationError
from autopost.model import MOST_TYPE_CHARACTERS
from autopost.redaction.own_rule import Allowance, own_rule
from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule

# Texts to detect patterns that match the empty string.
_PROBES = ("", "a", " ", "a b", "0", "-")

_MAX_ENTROPY = 32  # bits per character; no text has more
_DIGIT_PREFIX = "RULE_"
_MOST_CHARACTERS = MOST_TYPE_CHARACTERS - len(_DIGIT_PREFIX)


class _Unusable(ConfigurationError):
    """One pattern is invalid."""


def parse_patterns(document: Mapping[str, Any], origin: str) -> list[Rule]:
    """Return the patterns of a document; `origin` names it in errors.

    Raises ConfigurationError that lists every invalid pattern with the reason.
    """
    rules: list[Rule] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    skipped: list[str] = []
    if "extend" in document:
        problems.append("extend: not supported; write the patterns into this file")
    shared = _guarded(lambda: _allowances(document), "allowlist", problems) or []
    for number, entry in enumerate(_entries(document), 1):
        name = str(entry.get("id") or f"rule {number}")
        if "path" in entry:
            skipped.append(name)
            continue
        own = [allowance for targets, allowance in shared if not targets or name in targets]
        rule = _guarded(lambda: _rule(entry, own, seen), name, problems)  # noqa: B023  # called at once
        if rule is not None:
            rules.append(rule)
    if not rules and not problems and skipped:
        problems.append(
            f"all {len(skipped)} rules have a `path`, so they are for files and none applies to texts: "
            f"{', '.join(skipped[:5])}{', ...' if len(skipped) > 5 else ''}; remove `path` from those that you need"
        )
    elif not rules and not problems:
        problems.append("contains no pattern; expected: [[rules]] or [patterns]")
    if problems:
        raise ConfigurationError(f"{origin}: " + "; ".join(problems))
    return rules


def _guarded(make: Any, name: str, problems: list[str]) -> Any:
    try:
        return make()
    except _Unusable as problem:
        problems.append(f"{name}: {problem}")
        return None


def _entries(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _tables(document, "rules")
    short = document.get("patterns", {})
    for name, value in short.items() if isinstance(short, dict) else ():
        yield {**(value if isinstance(value, dict) else {"regex": value}), "id": name}


def _tables(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = table.get(key, [])
    return [entry for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)]


def _rule(entry: Mapping[str, Any], shared: list[Allowance], seen: dict[str, str]) -> Rule:
    name = entry.get("id")
    if not isinstance(name, str) or not name:
        raise _Unusable("has no id")
    entity = _entity(name)
    if entity in seen:
        raise _Unusable(f"has the same name as {seen[entity]}")
    seen[entity] = name
    if "required" in entry:
        raise _Unusable("`required` is not supported")
    pattern = _compiled(entry.get("regex"))
    if any(match.start() == match.end() for probe in _PROBES for match in pattern.finditer(probe)):
        raise _Unusable("the regex matches the empty string")
    group = _integer(entry, "secretGroup", _integer(entry, "group", 0))
    if not 0 <= group <= pattern.groups:
        raise _Unusable(f"secretGroup: got {group}; the regex has {pattern.groups} groups")
    entropy = entry.get("entropy", 0)
    if not isinstance(entropy, int | float) or isinstance(entropy, bool) or not 0 <= entropy <= _MAX_ENTROPY:
        raise _Unusable(f"entropy: expected: a number, 0 to {_MAX_ENTROPY}")
    allowances = [*shared, *(allowance for _, allowance in _allowances(entry))]
    return own_rule(name, entity, str(entry["regex"]), _texts(entry, "keywords"), group, float(entropy), allowances)


def _entity(name: str) -> str:
    entity = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    if not entity or len(entity) > _MOST_CHARACTERS:
        raise _Unusable(f"id: expected: at most {_MOST_CHARACTERS} letters, digits and hyphens")
    return entity if entity[0].isalpha() else f"{_DIGIT_PREFIX}{entity}"


def _compiled(pattern: Any) -> Any:
    if not isinstance(pattern, str) or not pattern:
        raise _Unusable("has no regex")
    try:
        return compiled(pattern)
    except re2.error as error:
        problem = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
    raise _Unusable(f"the regex is not valid RE2 ({problem}); RE2 has no look-around and no back-references")


def _allowances(table: Mapping[str, Any]) -> list[tuple[list[str], Allowance]]:
    """Return the allowlists of a table that apply to texts, each with the ids of its rules."""
    found = []
    for entry in [*_tables(table, "allowlist"), *_tables(table, "allowlists")]:
        regexes = [_compiled(pattern) for pattern in _texts(entry, "regexes")]
        stopwords = tuple(word.lower() for word in _texts(entry, "stopwords"))
        target = entry.get("regexTarget", "secret")
        if target not in {"secret", "match", "line"}:
            raise _Unusable(f"regexTarget: got {target!r}; expected: secret, match, line")
        every = str(entry.get("condition", "OR")).upper() in {"AND", "&&"}
        if (every and ("paths" in entry or "commits" in entry)) or not (regexes or stopwords):
            continue
        found.append((_texts(entry, "targetRules"), Allowance(tuple(regexes), stopwords, target, every)))
    return found


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise _Unusable(f"{key}: expected: a list of texts")
    return found


def _integer(entry: Mapping[str, Any], key: str, default: int) -> int:
    found = entry.get(key, default)
    if not isinstance(found, int) or isinstance(found, bool):
        raise _Unusable(f"{key}: expected: a whole number")
    return found
