"""Make texts that match a pattern, from its parts and without a search."""

from __future__ import annotations

import importlib
import random
import re
from functools import lru_cache
from typing import Any

_parser: Any = importlib.import_module("re._parser")  # what `re` compiles from; it has no public name

# Some characters for each class of Unicode, which Python's `re` does not know.
_CLASSES = {
    "Lu": "A-ZÄÖÜÅØ",
    "Ll": "a-zäöüåøéñ",
    "L": "A-Za-zÄÖÜäöüåøéñ",
    "M": "\u0301",
    "N": "0-9",
    "Han": "一-龥",
    "Hiragana": "ぁ-ん",
    "Katakana": "ァ-ン",
    "Hangul": "가-힣",
    "Cyrillic": "а-яА-Я",
    "Greek": "α-ωΑ-Ρ",
    "Hebrew": "א-ת",
    "Arabic": "ا-ي",
    "Thai": "ก-ฮ",
}
_CATEGORIES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_SPACE": " \n\t",
    "CATEGORY_WORD": "A-Za-z0-9_",
    "CATEGORY_NOT_DIGIT": "A-Za-z !-/",
    "CATEGORY_NOT_SPACE": "!-~é",
    "CATEGORY_NOT_WORD": r" -/:-@\[-\^`{-~\n\xa0é李",
}
_ANY = [*map(chr, range(0x20, 0x7F)), "é", "李", "\xa0"]
_MOST_REPEATED = 3  # more than the least number that a pattern wants


def matching(pattern: str, dice: random.Random) -> str:
    """Return a text that RE2's pattern matches, unless a word boundary or the end of the text is somewhere else."""
    tree = _parsed(pattern)
    return "".join(_made(tree, tree.state.flags, dice))


@lru_cache(maxsize=1)
def _parsed(pattern: str) -> Any:
    return _parser.parse(_with_python_syntax(pattern))


def _with_python_syntax(pattern: str) -> str:
    """Return RE2's pattern in the syntax of `re`."""
    pieces, inside, place = [], False, 0
    while place < len(pattern):
        if found := re.match(r"\\([pP])(?:\{(\w+)\}|(\w))", pattern[place:]):
            characters = _CLASSES[found.group(2) or found.group(3)]
            without = "^" if found.group(1) == "P" else ""
            pieces.append(characters if inside else f"[{without}{characters}]")
            place += found.end()
            continue
        length = 2 if pattern[place] == "\\" else 1
        piece = pattern[place : place + length]
        inside = (inside or piece == "[") and piece != "]"
        pieces.append(r"\Z" if piece == r"\z" else piece)
        place += length
    return "".join(pieces)


def _made(parts: Any, flags: int, dice: random.Random) -> list[str]:
    made: list[str] = []
    for kind, given in parts:
        name = str(kind)
        if name == "LITERAL":
            made.append(_in_any_case(chr(given), flags, dice))
        elif name in {"IN", "NOT_LITERAL", "ANY"}:
            made.append(_in_any_case(_chosen(name, given, dice), flags, dice))
        elif name == "BRANCH":
            made += _made(dice.choice(given[1]), flags, dice)
        elif name == "SUBPATTERN":
            _, added, removed, inner = given
            made += _made(inner, (flags | added) & ~removed, dice)
        elif name in {"MAX_REPEAT", "MIN_REPEAT"}:
            least, most, inner = given
            for _ in range(dice.randint(least, min(int(most), least + _MOST_REPEATED))):
                made += _made(inner, flags, dice)
        else:
            assert name == "AT", name
    return made


def _chosen(name: str, given: Any, dice: random.Random) -> str:
    if name == "ANY":
        return dice.choice(_ANY)
    if name == "NOT_LITERAL":
        return dice.choice([c for c in _ANY if c != chr(given)])
    if str(given[0][0]) == "NEGATE":
        return dice.choice(_others("".join(_class(item) for item in given[1:])))
    item = dice.choice(given)
    if str(item[0]) == "CATEGORY":
        item = _parser.parse(f"[{_CATEGORIES[str(item[1])]}]")[0]
        return _chosen(str(item[0]), item[1], dice)
    if str(item[0]) == "RANGE":
        return chr(dice.randint(*item[1]))
    return chr(item[1])


@lru_cache(maxsize=256)
def _others(excluded: str) -> list[str]:
    return [c for c in _ANY if not re.match(f"[{excluded}]", c)]


def _class(item: Any) -> str:
    """Return the source of a part of a class of characters."""
    kind, given = str(item[0]), item[1]
    if kind == "CATEGORY":
        return _CATEGORIES[str(given)]
    if kind == "RANGE":
        return f"{re.escape(chr(given[0]))}-{re.escape(chr(given[1]))}"
    return re.escape(chr(given))


def _in_any_case(character: str, flags: int, dice: random.Random) -> str:
    if not flags & re.IGNORECASE:
        return character
    other = character.swapcase()
    return dice.choice([character, other]) if len(other) == 1 and other.swapcase() == character else character
