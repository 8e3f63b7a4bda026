"""Select the types of findings to look for."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from autopost.errors import ConfigurationError


def select_entities(known: Collection[str], only: Collection[str] | None, without: Collection[str]) -> frozenset[str]:
    """Return the types in `only` (default: all known ones) that are not in `without`; case-insensitive.

    Raises ConfigurationError that names every unknown type, or if no type is left.
    """
    wanted = {entity.upper() for entity in only} if only is not None else set(known)
    unwanted = {entity.upper() for entity in without}
    unknown = sorted((wanted | unwanted) - set(known))
    if unknown:
        named = ", ".join(entity + _suggestion(entity, known) for entity in unknown)
        raise ConfigurationError(f"Unknown types of findings: {named}; known: {', '.join(sorted(known))}")
    if not wanted - unwanted:
        raise ConfigurationError("No type of findings is left; redaction cannot be turned off")
    return frozenset(wanted - unwanted)


def _suggestion(entity: str, known: Collection[str]) -> str:
    close = get_close_matches(entity, sorted(known), 1, cutoff=0.55)
    return f" (did you mean {close[0]}?)" if close else ""
