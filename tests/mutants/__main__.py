"""Run mutants: apply each in a copy of the tree, and expect that one of its tests fails.

The checkout is not changed. Exit code 1: a mutant survived, does not fit the code any more, or the tests fail without
any mutant.
"""

from __future__ import annotations

import argparse
import queue
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.mutant import Mutant, load_mutants
from tests.mutants.tree import Tree
from tests.support import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that the arguments choose; return the exit code."""
    options = _parser().parse_args(arguments)
    mutants = [m for m in load_mutants() if all(word.lower() in m.name.lower() for word in options.name)]
    if not mutants:
        print(f"no mutant has the name {' '.join(options.name)}; see --list", file=sys.stderr)
        return 2
    if options.list:
        for mutant in mutants:
            print(f"{mutant.name}\n    {mutant.file}")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="autopost-mutants-") as folder:
        jobs = max(1, min(options.jobs, len(mutants)))
        trees: queue.SimpleQueue[Tree] = queue.SimpleQueue()
        for number in range(jobs):
            trees.put(Tree(ROOT, Path(folder) / str(number)))
        with ThreadPoolExecutor(jobs) as pool:
            without = pool.submit(_passes_without, trees, mutants) if options.control else None
            killed = list(pool.map(lambda mutant: _is_killed(trees, mutant), mutants))
            is_sound = without is None or without.result()
    print(f"{sum(killed)} of {len(mutants)} mutants killed in {time.monotonic() - began:.0f} s")
    for mutant, is_killed in zip(mutants, killed, strict=True):
        if not is_killed:
            print(f"not killed: {mutant.name}")
    return 0 if is_sound and all(killed) else 1


def _is_killed(trees: queue.SimpleQueue[Tree], mutant: Mutant) -> bool:
    tree = trees.get()
    try:
        problem = mutant.problem(tree.root)
        if problem is not None:
            _print("ERROR", 0.0, mutant.name, problem)
            return False
        with tree.mutated(mutant):
            run = tree.run(mutant.tests)
    finally:
        trees.put(tree)
    if run.failed is not None:
        _print("killed", run.seconds, mutant.name, f"by {run.failed.partition('::')[2]}")
    elif run.problem is not None:
        _print("ERROR", run.seconds, mutant.name, run.problem)
    else:
        _print(
            "SURVIVED", run.seconds, mutant.name, f"{mutant.file}; none of its tests failed: {' '.join(mutant.tests)}"
        )
    return run.failed is not None


def _passes_without(trees: queue.SimpleQueue[Tree], mutants: Sequence[Mutant]) -> bool:
    tree = trees.get()
    try:
        run = tree.run(list(dict.fromkeys(test for mutant in mutants for test in mutant.tests)))
    finally:
        trees.put(tree)
    problem = run.problem or (f"{run.failed} fails without any mutant" if run.failed else None)
    _print("ERROR" if problem else "passed", run.seconds, "all tests without a mutant", problem or "")
    return problem is None


def _print(result: str, seconds: float, name: str, detail: str) -> None:
    print(f"{result:8} {seconds:5.1f} s  {name}  {detail}".rstrip(), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("name", nargs="*", help="words of a mutant's name; all mutants by default")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="test runs at once (default 2)")
    parser.add_argument("--list", action="store_true", help="print the mutants and run none")
    parser.add_argument(
        "--no-control", dest="control", action="store_false", help="do not run the tests without a mutant as well"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
