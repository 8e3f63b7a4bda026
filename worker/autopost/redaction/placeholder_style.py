"""What a placeholder looks like: `<TYPE>`, `[TYPE]`, `***` and the like. Pure.

A style begins and ends with a sign, so that a placeholder is neither part of a word nor one that a pattern could take
for a value.
"""

from __future__ import annotations

import re

DEFAULT_STYLE = "<TYPE>"
ALLOWED = (
    "at most 20 characters that begin and end with a sign of <>[](){}*#|~•█…, with TYPE or other capitals between "
    "them, such as <TYPE>, [TYPE], [REMOVED], ***"
)
# The most characters of a type, the prefix of one that began with a digit included (see redaction/pattern_file.py).
MOST_TYPE_CHARACTERS = 65

_TYPE = "TYPE"
_MOST_CHARACTERS = 20
_SIGN = r"[<>\[\](){}*#|~•█…]"
_STYLE = re.compile(rf"{_SIGN}+(?:[A-Z ]*{_SIGN}+)?")
_ANY_TYPE = f"[A-Z][A-Z0-9_]{{0,{MOST_TYPE_CHARACTERS - 1}}}"


def is_style(style: str) -> bool:
    """Tell whether placeholders may look like this."""
    return len(style) <= _MOST_CHARACTERS and _STYLE.fullmatch(style) is not None


def parts(style: str) -> list[str]:
    """Return what stands before, between and after the types."""
    return style.split(_TYPE)


def placeholder(style: str, entity: str) -> str:
    """Return what is written in the place of a finding of this type."""
    return style.replace(_TYPE, entity)


def pattern(style: str) -> str:
    """Return a pattern of placeholders of any type, for `re` and `regex`; it holds no group."""
    return _ANY_TYPE.join(map(re.escape, parts(style)))


def found(style: str, text: str) -> list[str]:
    """Return what reads like a placeholder of any type, in order."""
    return re.findall(pattern(style), text)
