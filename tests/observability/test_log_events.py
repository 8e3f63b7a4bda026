"""Log events are stable names, and the reference has each of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "worker" / "autopost"
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
IN_PROGRESS: tuple[str, ...] = ()


def events() -> Iterator[tuple[str, str]]:
    """Return where each log call is and the event that it logs, or its source if that is not a literal."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith(IN_PROGRESS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"), attr=method), args=arguments) if (
                    method in METHODS
                ):
                    event = arguments[1 if method == "log" else 0]
                    yield place, str(event.value) if isinstance(event, ast.Constant) else ast.unparse(event)


def test_log_events_are_names_and_not_sentences() -> None:
    """`subject.state`, so that they can be searched for and alerted on."""
    found = list(events())
    assert len(found) > 30
    assert [(place, event) for place, event in found if not EVENT.fullmatch(event)] == []


def test_reference_lists_every_log_event() -> None:
    """And no other."""
    page = (ROOT / "docs" / "reference" / "logs.md").read_text("utf-8")
    listed = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert listed == sorted({event for _, event in events()})
