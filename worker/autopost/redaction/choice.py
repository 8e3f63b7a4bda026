"""Which types are looked for."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from autopost.errors import ConfigurationError


def chosen(known: Collection[str], only: Collection[str] | None, without: Collection[str]) -> frozenset[str]:
    """Return the types to look for: those of `only`, or all, and none of `without`, in any letter case.

    Raises ConfigurationError that names every unknown type, and when nothing is left to look for.
    """
    wanted = {entity.upper() for entity in only} if only is not None else set(known)
    unwanted = {entity.upper() for entity in without}
    unknown = sorted((wanted | unwanted) - set(known))
    if unknown:
        named = ", ".join(entity + _suggestion(entity, known) for entity in unknown)
        raise ConfigurationError(f"Unknown types of findings: {named}; known: {', '.join(sorted(known))}")
    if not wanted - unwanted:
        raise ConfigurationError(
            "No type of findings is left to look for; to publish without redaction is not possible"
        )
    return frozenset(wanted - unwanted)


def _suggestion(entity: str, known: Collection[str]) -> str:
    close = get_close_matches(entity, sorted(known), 1, cutoff=0.55)
    return f" (did you mean {close[0]}?)" if close else ""
