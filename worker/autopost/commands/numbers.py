"""Numbers on the command line: what is none, or is too small or too large, is refused as a bad setting is."""

from __future__ import annotations

from typing import Any, TypeVar

import typer

MOST_INTEGER = 2_147_483_647  # what PostgreSQL's integer holds

Number = TypeVar("Number", int, float)


def number(kind: type[Number], least: Number, most: Number) -> dict[str, Any]:
    """Return what an option or argument that takes a number from `least` to `most` is declared with."""
    what = "a whole number" if kind is int else "a number"
    refusal = f"allowed: {what}, {least} to {most}"

    def read(given: object) -> Number:
        try:
            value = kind(str(given))
        except ValueError:
            raise typer.BadParameter(f"given {str(given)!r}; {refusal}") from None
        if not least <= value <= most:  # nor NaN, which is not between any two
            raise typer.BadParameter(f"given {str(given)!r}; {refusal}")
        return value

    return {"parser": read, "metavar": f"{least} to {most}"}
