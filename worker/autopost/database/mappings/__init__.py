"""Mappings of well-known platforms, which come with the package: a TOML file for each.

The first line of a file is a comment that says what is mapped, the second the version of the platform's schema.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from autopost.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class BundledMapping:
    """A mapping and what its first two lines say."""

    name: str
    platform: str
    operations: str
    schema: str
    text: str


@cache
def bundled_mappings() -> dict[str, BundledMapping]:
    """Return every bundled mapping by its name, in the order of the names."""
    found = [file for file in files(__name__).iterdir() if file.name.endswith(".toml")]
    return {
        mapping.name: mapping
        for mapping in sorted(
            (_read(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in found),
            key=lambda mapping: mapping.name,
        )
    }


def bundled_mapping(name: str) -> BundledMapping:
    """Return the mapping of this name. Raises ConfigurationError with the names that there are."""
    known = bundled_mappings()
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ConfigurationError(
            f"no mapping of {name!r} comes with autopost, only of {', '.join(known)}{meant}\n"
            "  `autopost mapping list` describes them. For another platform, `autopost mapping draft` writes a mapping."
        )
    return known[name]


def _read(name: str, text: str) -> BundledMapping:
    what, schema = (line.removeprefix("# ") for line in text.splitlines()[:2])
    platform, _, operations = what.partition(": ")
    return BundledMapping(name, platform, operations.removesuffix("."), schema.removeprefix("Schema: "), text)
