"""Breaks advice at words so that it can still be copied: as SQL, or as a shell's command. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\S)+")  # what stands in quotes is not broken
_REMARK = re.compile(r"\s(--|#)\s.*$")


def broken(advice: str, columns: int) -> list[str]:
    """Return the lines of a piece of advice, none longer than this unless a word is."""
    if len(advice) <= columns:
        return [advice]
    found = _REMARK.search(advice)
    code, remark = (advice[: found.start()], advice[found.start() :].strip()) if found else (advice, "")
    end = "" if code.rstrip().endswith(";") or code.startswith("select ") else " \\"
    lines = _filled(_WORD.findall(code), columns - len(end))
    lines[:-1] = [line + end for line in lines[:-1]]
    if remark:
        sign, *words = remark.split()
        lines += [f"{sign} {line}" for line in _filled(words, columns - len(sign) - 1)]
    return lines


def _filled(words: list[str], columns: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
