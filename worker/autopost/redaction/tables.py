"""Read the cells of a table as if each had its heading in front: `pin: 4471`.

A rule looks for the word for a value near it. In a table that word is the heading of the column or, with two columns,
the first cell of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autopost.redaction.normalise import Normalised, Pieces
from autopost.redaction.rule import Span

_MOST_CELLS = 400
_MOST_HEADING_CHARACTERS = 32
_HEADING = re.compile(r"[^\W\d_][^\d:=|<>\"'!?]*")
_LINE = re.compile(r"[^\n]+")
_RULE = re.compile(r"[\s:|+-]*-[\s:|+-]*")  # between the heading and the rows
_ROW_BREAK = re.compile(r"\|\s\|")  # where a worker has put the lines of a table into one
_SIGNS = ("|", "\t", ";", ",")
_LEAST_COLUMNS = {"|": 2, "\t": 2, ";": 2, ",": 3}

_Row = list[Span]


def headed_cells(text: str) -> Normalised | None:
    """Return lines of heading and cell, with the places of the cells in the text; None if there is no table."""
    if "|" not in text and "\n" not in text:
        return None
    pieces = Pieces()
    count = 0
    for table in _tables(text):
        headings = [text[start:end] for start, end in table[0]]
        for row in table[1:]:
            for column, (start, end) in enumerate(row):
                labels = [headings[column]]
                if len(row) == 2 and column == 1:
                    labels.append(text[row[0][0] : row[0][1]])
                for label in labels:
                    if start < end and count < _MOST_CELLS and _is_heading(label):
                        count += 1
                        pieces.put(f"{label}: ", start, start)
                        pieces.keep(text[start:end], start)
                        pieces.put("\n", end, end)
    return pieces.done() if count else None


def _is_heading(text: str) -> bool:
    return 1 < len(text) <= _MOST_HEADING_CHARACTERS and _HEADING.fullmatch(text) is not None


def _tables(text: str) -> Iterator[Sequence[_Row]]:
    """Yield the rows of each table, with the heading first."""
    if "|" in text and "\n" not in text:
        row = _cells(text, 0, len(text), "|")
        columns = _columns(text)
        if columns and len(row) % (columns + 1) == columns:
            yield [row[place : place + columns] for place in range(0, len(row), columns + 1)]
        return
    table: list[_Row] = []
    sign = ""
    for match in _LINE.finditer(text):
        start, end = match.span()
        if table and _RULE.fullmatch(match.group()):
            continue
        if (
            table
            and _may_have(len(table[0]), text, start, end, sign)
            and (len(row := _cells(text, start, end, sign)) == len(table[0]))
        ):
            table.append(row)
            continue
        if len(table) > 1:
            yield table
        table = []
        for sign in _SIGNS:
            if not _may_have(_LEAST_COLUMNS[sign], text, start, end, sign):
                continue
            row = _cells(text, start, end, sign)
            if len(row) >= _LEAST_COLUMNS[sign] and (
                sign == "|" or all(_is_heading(text[left:right]) for left, right in row)
            ):
                table = [row]
                break
    if len(table) > 1:
        yield table


def _columns(text: str) -> int:
    """Return the number of columns of a table whose lines were joined; 0 if it has no second row."""
    first = _ROW_BREAK.search(text)
    return text.count("|", 0, first.start() + 1) - 1 if first else 0


def _may_have(columns: int, text: str, start: int, end: int, sign: str) -> bool:
    """Return whether a line has enough signs for this number of columns, which is faster than splitting it."""
    return text.count(sign, start, end) >= columns - 1


def _cells(text: str, start: int, end: int, sign: str) -> _Row:
    """Return the places of the cells of a line, without the space around them; those between outer signs of a table."""
    cells: list[Span] = []
    for part in text[start:end].split(sign):
        cells.append(_stripped(text, start, start + len(part)))
        start += len(part) + 1
    if sign == "|":
        cells = cells[1:] if cells and cells[0][0] == cells[0][1] else cells
    while cells and cells[-1][0] >= cells[-1][1]:
        cells.pop()
    return cells


def _stripped(text: str, start: int, end: int) -> Span:
    value = text[start:end]
    left = start + len(value) - len(value.lstrip())
    return (left, max(left, start + len(value.rstrip())))
