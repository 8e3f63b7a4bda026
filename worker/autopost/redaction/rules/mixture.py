"""Whether letters and digits are mixed as in a token, and not as in names, dates, versions and numbers of goods."""

from __future__ import annotations

import re

from autopost.redaction.rules.shape import is_measure, is_worded
from autopost.redaction.rules.strength import changes

_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_WORD = re.compile(r"[a-z]{4}|[A-Z]{5}")  # too many letters of one case in a row for a short random value
_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}$")
_POD = re.compile(r"(?:[a-z][a-z0-9]*-)+[a-z0-9]{8,10}-[a-z0-9]{5}")  # Kubernetes
_SIGNS = re.compile(r"[-_.~:]")
_DATED = re.compile(r"(?:19|20)\d\d[-_.]?(?:0\d|1[0-2])[-_.T]?(?:[0-3]\d)?")

_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_TURN = re.compile(r"(?<=\d)\D|(?<=\D)\d")

_LEAST = 8  # characters of three kinds
_LEAST_OF_TWO_KINDS = 12


def turns(value: str) -> int:
    """Return how often a letter follows a digit, or a digit a letter."""
    return len(_TURN.findall(_NOT_LETTER_OR_DIGIT.sub("", value)))


def is_mixture(value: str) -> bool:
    """Return whether a value is random by its own look: `u8Zk2LqW`, `c41f09be77d2`, `7h2K-9qLm-Zx04`."""
    if not value.isascii() or _FILE.search(value) or _DATED.match(value) or _POD.fullmatch(value):
        return False
    if is_worded(value) or is_measure(value):
        return False
    parts = [part for part in _SIGNS.split(value) if part]
    odd = [part for part in parts if not is_worded(part)]
    if any(map(_is_mixed, odd)):
        return True
    joined = "".join(parts)
    return (
        (len(odd) > 1 and len(odd) * 2 >= len(parts) and max(map(len, parts)) >= 4 and turns(joined) >= 5)
        and (not joined.isupper() or len(joined) >= 2 * _LEAST)
        and _is_mixed(joined)
    )


def _is_mixed(run: str) -> bool:
    digits, letters = sum(map(str.isdigit, run)), sum(map(str.isalpha, run))
    if not digits or digits + letters != len(run):
        return False
    if any(map(str.isupper, run)) and any(map(str.islower, run)):
        enough = digits >= 2 or len(run) >= 2 * _LEAST
        if len(run) >= _LEAST and enough and changes(run) >= 0.45 and _WORD.search(run) is None:
            return True
    if len(run) < _LEAST_OF_TWO_KINDS or min(digits, letters) < 3:
        return False
    least = 4 if _HEX.fullmatch(run) else 6 if run.isupper() else 5
    return turns(run) >= least and turns(run) * 4 >= len(run) - 2


def is_coded(value: str, least: int = 6) -> bool:
    """Return whether a value has letters and digits, and is not words with numbers; enough after a word for a token."""
    return (
        len(value) >= least
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and not (_FILE.search(value) or _DATED.match(value) or is_worded(value) or is_measure(value))
        and turns(value) >= 2
        and sum(len(part) for part in _SIGNS.split(value) if not (part.isdigit() or is_worded(part))) * 4 >= len(value)
    )
