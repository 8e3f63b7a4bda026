"""Many cases of one kind in one test, with one failure that lists all that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def assert_results(function: Callable[[Case], object], expected: Iterable[tuple[Case, object]]) -> None:
    """Fail with every case for which the function does not return what is expected."""
    failures = [
        f"{case!r}: expected {wanted!r}, got {result!r}"
        for case, wanted in expected
        if (result := function(case)) != wanted
    ]
    assert not failures, "\n".join([f"{len(failures)} failed:", *failures])
