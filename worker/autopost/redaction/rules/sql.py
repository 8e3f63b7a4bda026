"""Passwords and keys within SQL: in an inserted row by the name of its column, and in arguments of functions."""

# a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.shape import is_prose

_REACH_CHARACTERS = 600

_COLUMN = re.compile(
    r"(?i)[\"`\[]?(?:\w*(?:passw(?:or)?d|passwort|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|credential|pin|otp|cvv|senha|contrasena|mot_de_passe)\w*|pass|pw|key)[\"`\]]?"
)
_TUPLE = re.compile(r"\s*\(((?:[^()']|'(?:[^']|'')*'|\([^()]*\))*)\)\s*,?")
_ITEM = re.compile(r"(?:[^,()']|'(?:[^']|'')*'|\([^()]*\))+")
_LITERAL = re.compile(r"\s*[NE]?'((?:[^']|'')+)'\s*")
_OTHER_NAME = re.compile(r"(?i)_(?:id|type|name|hint|expiry|expires\w*|at|count|policy|length|version)$")


def _values(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the literals of columns whose name says that they are secret."""
    opened = text.index("(", start)
    columns = [column.strip() for column in text[opened + 1 : text.index(")", opened)].split(",")]
    secret = [
        place
        for place, name in enumerate(columns)
        if _COLUMN.fullmatch(name) and not _OTHER_NAME.search(name.strip('"`[]'))
    ]
    if not secret:
        return
    position, stop = end, min(len(text), end + _REACH_CHARACTERS)
    while (row := _TUPLE.match(text, position, stop)) is not None:
        items = list(_ITEM.finditer(row.group(1)))
        for place in secret:
            if place < len(items) and (literal := _LITERAL.fullmatch(items[place].group())) is not None:
                offset = row.start(1) + items[place].start()
                yield offset + literal.start(1), offset + literal.end(1)
        position = row.end()


def _is_value(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    return value[0] not in "$:<%{?" and (not is_prose(value) or any(map(str.isdigit, value)))


RULES = (
    Rule(
        "PASSWORD",
        r"(?i)\binsert\s+into\s+[\w.\"`\[\]]+\s*\([^()]{1,400}\)\s*values",
        "ISO/IEC 9075-2: the values of an inserted row, by the names of its columns",
        anchor=r"(?i)\binsert\s+into\s",
        score=0.9,
        refine=_values,
        whole=True,
        name="sql-insert",
    ),
    Rule(
        "SECRET",
        r"(?i)\b(?:pgp_sym_(?:en|de)crypt(?:_bytea)?|aes_(?:en|de)crypt|hmac)\s*\((?:[^()']|'[^']*'|\([^()]*\)){1,120}?,\s*N?'([^'\n<>]{3,})'|\b(?:crypt|(?:en|de)cryptbypassphrase)\s*\(\s*N?'([^'\n<>]{3,})'|\bpragma\s+(?:re)?key\s*=\s*[\"']([^\"'\n<>]{3,})[\"']|\bset\s+(?:session\s+|local\s+)?[\w.]*(?:secret|passphrase|password|key)\w*\s*(?:=|to)\s*N?'([^'\n<>]{3,})'|\\set\s+\w*(?:secret|passphrase|password|token|key)\s+'([^'\n<>]{3,})'",
        "manuals of pgcrypto, MySQL, SQL Server and SQLCipher: keys in arguments",
        anchor=r"(?i)crypt(?:_bytea|bypassphrase)?\s*\(|\bhmac\s*\(|\bpragma\s+(?:re)?key|\bset\s+(?:session\s+|local\s+)?[\w.]*(?:secret|passphrase|password|token|key)",
        score=0.85,
        refine=single(_is_value),
        name="sql-argument",
    ),
)
