"""Phrases that readers stumbled over, or that nobody searches for, do not return."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What not to write, from the start of a word on, and what to write instead. A space is also a line's end.
PHRASES = {
    r"at the most\b": "at most",
    r"anew\b": "again",
    r"beneath\b": "under, below, during",
    r"whoever\b": "anyone who, those who; or name the role",
    r"for good\b": "permanently, never captured",
    r"new life\b": "retry with a fresh attempt budget",
    r"is at it\b": "is processing it",
    r"came to be as it is\b": "was created or last changed",
    r"left alone\b": "ignored, skipped, not captured, unchanged",
    r"(?:works?|working|worked) off\b": "process, drain",
    r"host tax\b": "write overhead",
    r"hears? of\b": "is notified of",
    r"(?:has|have|had) its turn\b|turn next\b": "holds the lease",
    r"in turns\b": "alternately",
    r"(?:given|gave) up\b": "dead-lettered, stopped, abandoned",
    r"fares?\b": "status",
    r"(?:is|are) to be\b": "must be, should be, will be",
    r"seldom\b": "rarely",
    r"as ever\b": "as before",
    r"carriers?\b": "transport",
    r"announc(?:es?|ed|ing|ements?)\b": "broadcast, broadcast event",
    r"tells? whether\b": "return whether",
    r"(?:be|been) seen to\b": "needs attention",
    r"keeps? house\b": "maintenance",
    r"it shall\b": "to have it ...",
    r"dearer\b": "slower, more expensive",
    r"thaw(?:s|ed)?\b": "resume",
    r"reckon\b": "compute, report",
    r"(?:those|people) who look\b|who looks\b": "read-only users",
    r"who works\?": "running workers",
    r"(?:is|are) told(?! (?:from|apart)\b)": "is notified, is reported, is returned",
    r"came first goes first\b": "FIFO",
    r"stands? in the (?:environment|file|audit|log|row|table)\b": "is in, is read from",
    r"(?:is|are) not usable\b": "invalid",
    r"(?<!there\s)(?:is|are|was|were) no (?!(?:long|lat|slow|fast|low|high|old)er\b|more\b|less\b|one\b)": "is not a",
    r"more than one of everything\b": "scaling out",
    r"take[ns]? away\b": "removed",
    r"(?:bring|brought) to an end\b": "finish",
    r"g[eo]t that far\b": "reach",
    r"mend(?:s|ed|ing)?\b": "correct, fix, repair",
    r"another chance\b": "retry",
    r"counts? from the next\b": "applies from the next",
    r"nobody can answer\b": "without a terminal",
    r"beyond loopback\b": "outside loopback, on other addresses",
    r"lets? go of\b": "release, detach",
    r"looked at twice\b": "checked again",
    r"what c[ao]me of\b|(?:became|becomes) of\b": "outcome, history",
    r"in the place of\b": "instead of",
    r"c[ao]mes? by\b": "runs, reads",
    r"at hand\b": "available, current",
    r"letter case (?:matters|counts)\b": "case-sensitive",
    r"says? so where\b": "reports",
}
_ANY = re.compile(r"\b(?:" + "|".join(f"(?:{p})" for p in PHRASES).replace(" ", r"[\s#]+(?:--\s)?") + ")")

# Data in another's words: samples of operations, and the vocabulary that redaction, guard and draft look for.
_DATA = ("redaction", "writing", "cli/demo", "cli/simulation", "database/drafting")
_FOLDERS = {"": "*.md", "docs": "**/*.md", "sql": "**/*.sql", "deploy": "**/*.y*ml", ".github": "**/*.md"}


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what a person reads, each with its first line's number: of Python comments, docstrings and messages."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield 1, text
        return
    if not _ANY.search(text.lower()):
        return
    is_data = any(f"autopost/{folder}/" in path.as_posix() for folder in _DATA)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_text = token.type in (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1))
        is_docstring = is_text and token.string.startswith('"""')
        if token.type == tokenize.COMMENT or is_docstring or (is_text and not is_data):
            yield token.start[0], token.string


def _better(found: str) -> str:
    """Return what to write instead of what was found."""
    words = " ".join(found.replace("--", " ").replace("#", " ").split())
    return next((better for phrase, better in PHRASES.items() if re.match(phrase, words + " a")), "?")


def _found(paths: list[Path]) -> list[str]:
    """Return each place with such a phrase, and what to write instead."""
    return [
        f"{path.relative_to(ROOT)}:{first + text.count(chr(10), 0, match.start())}: {match[0]!r}: {_better(match[0])}"
        for path in paths
        for first, text in _texts(path)
        for match in _ANY.finditer(text.lower())
    ]


def test_pages_and_sql_have_no_phrase_that_readers_stumble_over() -> None:
    """Neither do the pages of the project, nor the comments of database objects."""
    paths = [path for folder, pattern in _FOLDERS.items() for path in sorted((ROOT / folder).glob(pattern))]
    assert len(paths) > 200
    assert _found([*paths, ROOT / "Makefile"]) == []


def test_code_has_no_phrase_that_readers_stumble_over() -> None:
    """Neither do help texts and messages, comments and docstrings."""
    paths = sorted((ROOT / "worker").rglob("*.py"))
    assert len(paths) > 200
    assert _found(paths) == []


@pytest.mark.parametrize(
    ("line", "better"),
    [
        ("a post waits 10 s at the most.", "at most"),
        ("it is no superuser", "is not a"),
        ("the announcement waits", "broadcast, broadcast event"),
        ("what is\n-- told of it", "is notified, is reported, is returned"),
    ],
)
def test_such_a_phrase_is_found(line: str, better: str) -> None:
    """Also where a line ends in it, and with what to write instead."""
    match = _ANY.search(line)
    assert match is not None
    assert _better(match[0]) == better


@pytest.mark.parametrize(
    "line", ["there is no row", "it is no longer there", "it is told from a word", "a welfare office"]
)
def test_an_ordinary_phrase_is_not(line: str) -> None:
    """`There is no`, `no longer` and `told from` are English as it is written."""
    assert not _ANY.search(line)
