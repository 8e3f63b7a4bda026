"""One JSON object in, one out: each line stands for itself, and none comes out as it was when something is wrong."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from autopost.cli.redact.text import require_length
from autopost.errors import AutopostError, RedactionFailed
from autopost.redaction.merge import Finding
from autopost.redaction.redactor import Redactor

TEXT = "text"
FINDINGS = "findings"
ERROR = "error"
LINE = "line"

# A text of the greatest length, each character written as two escapes, and as much again for other keys.
MOST_LINE_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """What is written beside the redacted text: the findings, and these keys of the input as they are."""

    explain: bool = False
    keep: Collection[str] = ()


class BadLine(AutopostError):
    """A line cannot be redacted; the message says why, without anything of it."""


def redact_lines(
    source: BinaryIO, sink: BinaryIO, redactor: Redactor, options: Options, complain: Callable[[str], None]
) -> tuple[int, int]:
    """Redact line by line until the source ends, each written at once; return how many lines, and how many failed.

    Instead of a line that fails, write an object with its number and the error. Errors of the streams pass
    through.
    """
    number = failed = 0
    for number, line in enumerate(_lines(source), 1):
        if number == 1 and line is not None:
            line = line.removeprefix(BOM_UTF8)  # PowerShell and Excel write one
        try:
            result = _redacted(line, redactor, options)
        except BadLine as problem:
            failed += 1
            complain(f"line {number}: {problem}")
            result = {LINE: number, ERROR: str(problem)}
        sink.write(_encoded(result) + b"\n")
        sink.flush()
    return number, failed


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Return what is shown of a finding, without the text that it found."""
    return {
        "type": finding.entity,
        "start": finding.start,
        "end": finding.end,
        "recognizer": finding.recognizer,
        "score": round(finding.score, 2),
    }


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines; None for one that is too long."""
    while line := source.readline(MOST_LINE_BYTES + 1):
        if len(line) <= MOST_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(MOST_LINE_BYTES)
        yield None


def _redacted(line: bytes | None, redactor: Redactor, options: Options) -> dict[str, Any]:
    given = _parsed(line)
    text = given.get(TEXT)
    if not isinstance(text, str):
        raise BadLine(f"{TEXT!r} is not a string" if TEXT in given else f"has no {TEXT!r}")
    try:
        require_length(text)
        redacted, findings = redactor.redact_and_explain(text)
    except RedactionFailed as error:
        raise BadLine(str(error)) from None
    kept = {key: value for key, value in given.items() if key in options.keep}
    explained = {FINDINGS: [finding_facts(finding) for finding in findings]} if options.explain else {}
    return {**kept, TEXT: redacted, **explained}


def _parsed(line: bytes | None) -> Mapping[str, Any]:
    if line is None:
        raise BadLine(f"is longer than {MOST_LINE_BYTES:,} bytes")
    try:
        given = json.loads(line.decode().strip(), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadLine(f"is not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"is not JSON (character {error.pos + 1})" if line.strip() else "is empty") from None
    except (ValueError, RecursionError):
        raise BadLine("is not JSON of a usual size") from None
    if not isinstance(given, dict):
        raise BadLine("is not a JSON object")
    return given


def _no_constant(_name: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise BadLine("is not JSON (NaN or Infinity)")


def _encoded(value: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half an emoji in a kept key
        return json.dumps(value).encode()
