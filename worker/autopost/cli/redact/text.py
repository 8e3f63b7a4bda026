"""One text in, the same text without its findings out, otherwise byte for byte as it was."""

from __future__ import annotations

from typing import BinaryIO

from autopost.errors import AutopostError, TextTooLong
from autopost.redaction.merge import Finding
from autopost.redaction.redactor import MAX_CHARACTERS, Redactor

_MOST_BYTES = 4 * MAX_CHARACTERS
_TOO_LONG = f"the text is longer than {MAX_CHARACTERS:,} characters: give it in parts, with --jsonl"


class NotUtf8(AutopostError):
    """The text is not UTF-8."""


def require_length(text: str) -> None:
    """Raise TextTooLong for a text that the redactor would refuse."""
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(f"is longer than {MAX_CHARACTERS:,} characters")


def read_text(source: BinaryIO) -> str:
    """Return all of a source. Raises TextTooLong and NotUtf8, whose messages hold nothing of it."""
    raw = source.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise TextTooLong(_TOO_LONG)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise NotUtf8(f"the text is not UTF-8 (byte {error.start + 1})") from None
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(_TOO_LONG)
    return text


def redact_text(source: BinaryIO, sink: BinaryIO, redactor: Redactor) -> list[Finding]:
    """Redact a whole source and return what was found. Nothing is written unless all of it is redacted."""
    redacted, findings = redactor.redact_and_explain(read_text(source))
    sink.write(redacted.encode())
    sink.flush()
    return findings
