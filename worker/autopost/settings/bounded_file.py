"""Read a file that an operator names, and nothing that is endless, huge or not text."""

from __future__ import annotations

import codecs
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from autopost.errors import Unreadable

MAX_BYTES = 1_000_000
MAX_TOML_DEPTH = 20
_TOO_DEEP = f"it is nested too deeply: it has more than {MAX_TOML_DEPTH} levels"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bounded(path: str | Path, max_bytes: int = MAX_BYTES) -> str:
    """Return the text of a regular UTF-8 file, or nothing for /dev/null; `~` is expanded.

    A byte order mark is removed. Raises Unreadable for anything else, and never waits: a pipe without a writer, or a
    device without an end, is refused before it is opened.
    """
    try:
        path = Path(path).expanduser()
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            if os.path.samestat(found, Path(os.devnull).stat()):
                return ""
            raise Unreadable(f"it is {'a directory' if stat.S_ISDIR(found.st_mode) else 'not a regular file'}")
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable(str(error.strerror), is_missing=True) from None
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None
    except (RuntimeError, ValueError) as error:  # an unknown user's home, a NUL in the name
        raise Unreadable(str(error)) from None
    if len(content) > max_bytes:
        raise Unreadable(f"it has more than {max_bytes:,} bytes")
    if content.startswith(_UTF_16):
        raise Unreadable("it is UTF-16; expected: UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 (byte {error.start + 1})") from None


def parse_toml(text: str) -> dict[str, Any]:
    """Return a TOML document with at most MAX_TOML_DEPTH levels. Raises Unreadable."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"it is not valid TOML: {error}") from None
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except ValueError as error:  # a number with thousands of digits
        raise Unreadable(f"it is not valid TOML: {error}") from None
    level: list[Any] = [document]
    for _ in range(MAX_TOML_DEPTH):
        level = [
            value
            for outer in level
            for value in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(value, dict | list)
        ]
        if not level:
            return document
    raise Unreadable(_TOO_DEEP)
