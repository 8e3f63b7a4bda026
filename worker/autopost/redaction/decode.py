"""Undo the encodings in which a value hides: percent signs, entities, escapes of JSON, base64 and hexadecimal.

What is found in the decoded text is replaced in the given one, with the whole escape of each character.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from autopost.redaction.normalise import Normalised, Pieces, normalise
from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Span

_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z]{2,8});|\\\\?(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})|\\{1,3}[/\"nrt]"
)
_SIGNS = {"n": "\n", "r": "\n", "t": "\t"}

# `%2540` takes two rounds.
_MOST_ROUNDS = 3

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,8192}={0,2}(?![A-Za-z0-9+/_-])")
_MOST_RUNS = 32


def unescaped(text: str) -> Normalised | None:
    """Return the text without escapes, normalised, or None if there are none."""
    if not _may_be_escaped(text):
        return None
    view: Normalised | None = None
    for _ in range(_MOST_ROUNDS):
        step = _step(text if view is None else view.text)
        if step is None:
            break
        view = _chained(step, view)
        plain = normalise(view.text)
        same_places = plain.starts is None
        view = Normalised(plain.text, view.starts, view.ends) if same_places else _chained(plain, view)
    return view


# A number that is dictated or spelled: single digits, words for digits, words for signs.
_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_PLACES = {"dot": ".", "point": ".", "dash": "-", "hyphen": "-", "plus": "+"}
_TIMES = {"double": 2, "triple": 3}
_ONE = rf"(?:(?:{'|'.join(_TIMES)})[ -])?(?:\d|{'|'.join(_DIGITS)})"
_APART = "(?:, ?(?=[A-Za-z])|[ -]{1,3})"  # `1, 2, 3` is a list
_DICTATED = re.compile(
    rf"(?i)(?<![\w.,-])(?:\d{{1,5}}[ -])?{_ONE}(?:{_APART}{_ONE}){{2,24}}(?![\w.,]\w)"
    r"|(?<![\w.])\d{1,3}(?: (?:dot|point) \d{1,3}){3}(?!\w)"
)
_MAY_BE_DICTATED = compiled(rf"(?i){_ONE}[ ,-]{{1,3}}{_ONE}[ ,-]{{1,3}}{_ONE}|\d (?:dot|point) \d")
_PART = re.compile(r"[A-Za-z]+|\d+|[, -]+")


def dictated(text: str) -> Normalised | None:
    """Return the text with dictated numbers in digits: `9 4 1 - 7 8`, `four, double one`, `10 dot 2`, or None."""
    if _MAY_BE_DICTATED.search(text) is None:
        return None
    pieces = Pieces()
    position = 0
    for match in _DICTATED.finditer(text):
        start, end = match.span()
        pieces.keep(text[position:start], position)
        times = 1
        for part in _PART.finditer(match.group()):
            word = part.group().lower()
            made = _DIGITS.get(word) or _PLACES.get(word) or ("-" if word == " - " else word.strip(" ,-"))
            if made in _TIMES:
                times = _TIMES[made]
            elif made:
                pieces.put(made * times, start + part.start(), start + part.end())
                times = 1
        position = end
    if position == 0:
        return None
    pieces.keep(text[position:], position)
    return pieces.done()


def embedded(text: str) -> Iterator[tuple[Span, str]]:
    """Yield each run of base64 or hexadecimal digits that stands for a readable text, and that text."""
    for count, match in enumerate(_BASE64.finditer(text)):
        if count == _MOST_RUNS:
            return
        readable = _readable(match.group())
        if readable is not None:
            yield match.span(), readable


def _may_be_escaped(text: str) -> bool:
    return "%" in text or "&" in text or "\\" in text


def _step(text: str) -> Normalised | None:
    pieces = Pieces()
    position = 0
    for match in _ESCAPE.finditer(text):
        start, end = match.span()
        made = _decoded(match.group())
        if made == match.group():
            continue
        pieces.keep(text[position:start], position)
        if len(made) * 3 == end - start and made.isascii():
            for place, character in enumerate(made):
                pieces.put(character, start + 3 * place, start + 3 * place + 3)
        else:
            pieces.put(made, start, end)
        position = end
    if position == 0:
        return None
    pieces.keep(text[position:], position)
    return pieces.done()


def _decoded(escape: str) -> str:
    if escape[0] == "%":
        return unquote_to_bytes(escape).decode(errors="replace")
    if escape[0] == "&":
        return html.unescape(escape)
    escape = escape.lstrip("\\")
    if escape[0] in "ux" and len(escape) > 1:
        character = chr(int(escape[1:], 16))
        return "\ufffd" if "\ud800" <= character <= "\udfff" else character
    return _SIGNS.get(escape, escape)


def _chained(later: Normalised, earlier: Normalised | None) -> Normalised:
    """Return the later form with its places in the text before the earlier one."""
    if earlier is None or later.starts is None or later.ends is None:
        return later
    spans = [earlier.original_span(start, end) for start, end in zip(later.starts, later.ends, strict=True)]
    return Normalised(later.text, [start for start, _ in spans], [end for _, end in spans])


def _readable(run: str) -> str | None:
    digits = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        is_hex = len(run) % 2 == 0 and re.fullmatch(r"[0-9a-fA-F]+", run) is not None
        raw = bytes.fromhex(run) if is_hex else base64.b64decode(digits + "=" * (-len(digits) % 4))
        made = raw.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return made if all(character.isprintable() or character in "\n\r\t" for character in made) else None
