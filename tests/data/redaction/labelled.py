"""Sets of labelled texts in files: JSON Lines, and presidio-research's JSON. independent/README.md says how they look."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INDEPENDENT = HERE / "independent"
OPENED = HERE / "opened"
DEVELOPMENT = HERE / "development"

# Types of presidio-research that autopost promises to find.
STRUCTURED = frozenset({"CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, and the spans that must go with their classes; none in a clean one."""

    text: str
    values: tuple[tuple[int, int, str], ...]


def labelled_sets() -> dict[str, list[Labelled]]:
    """Return the sets by name: those of the development part, opened ones, and those of independent authors."""
    named = {f"{path.stem}, development": path for path in sorted(DEVELOPMENT.glob("*.json*"))}
    named |= {f"{path.stem}, opened": path for path in sorted(OPENED.glob("*.json*"))}
    named |= {path.stem: path for path in sorted(INDEPENDENT.glob("*.json*"))}
    return {name: list(_read(path)) for name, path in named.items()}


def _read(path: Path) -> Iterator[Labelled]:
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        for record in json.loads(text):
            spans = [(s["start_position"], s["end_position"], s["entity_type"]) for s in record["spans"]]
            yield Labelled(record["full_text"], tuple(spans))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            record = json.loads(line)
            text = _joined(record["text"])
            yield Labelled(text, tuple(_spans(text, record.get("values", ()), f"{path.name}, line {number}")))


def _joined(text: str | list[str]) -> str:
    """Return a text that may be in pieces, so that no scanner takes a value in it for a secret."""
    return text if isinstance(text, str) else "".join(text)


def _spans(text: str, values: Sequence[dict[str, Any]], place: str) -> Iterator[tuple[int, int, str]]:
    for value in values:
        wanted, start = _joined(value["value"]), value.get("start")
        starts = [start] if start is not None else _occurrences(text, wanted)
        if not starts:
            raise ValueError(f"{place}: a value is not in its text")
        for each in starts:
            yield each, each + len(wanted), value["class"]


def _occurrences(text: str, value: str) -> list[int]:
    return [place for place in range(len(text)) if text.startswith(value, place)]
