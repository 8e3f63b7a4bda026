"""Select the types of findings and the rules to look for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from autopost.errors import ConfigurationError


def select_entities(
    known: Collection[str], only: Collection[str] | None, without: Collection[str], ids: Collection[str] = ()
) -> frozenset[str]:
    """Return the types in `only` (default: all known ones) that are not in `without`; case-insensitive.

    `without` can contain ids of rules, too, which have a dot. Raises ConfigurationError that names every unknown type
    or id, or if no type is left.
    """
    wanted = {entity.upper() for entity in only} if only is not None else set(known)
    unwanted = {entity.upper() for entity in without if not _is_id(entity)}
    unknown = sorted((wanted | unwanted) - set(known))
    if unknown:
        named = ", ".join(entity + _suggestion(entity, known) for entity in unknown)
        raise ConfigurationError(f"Unknown types of findings: {named}; known: {', '.join(sorted(known))}")
    unknown = sorted(set(excluded_ids(without)) - set(ids))
    if unknown:
        named = ", ".join(rule_id + _suggestion(rule_id, ids) for rule_id in unknown)
        raise ConfigurationError(
            f"Unknown rules: {named}; `autopost redact --explain` shows the rule of each finding, and the page "
            "on redaction in the documentation lists all of them"
        )
    if not wanted - unwanted:
        raise ConfigurationError("No type of findings is left; redaction cannot be turned off")
    return frozenset(wanted - unwanted)


def excluded_ids(without: Iterable[str]) -> frozenset[str]:
    """Return the ids of rules among types and ids."""
    return frozenset(entry.lower() for entry in without if _is_id(entry))


def _is_id(entry: str) -> bool:
    return "." in entry


def _suggestion(given: str, known: Collection[str]) -> str:
    close = get_close_matches(given, sorted(known), 1, cutoff=0.55)
    return f" (did you mean {close[0]}?)" if close else ""
