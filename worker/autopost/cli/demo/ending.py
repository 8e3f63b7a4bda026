"""What is shown when all is done: the sum, the numbers behind it, and how to go on. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from rich.text import Text

from autopost.cli.demo.layout import MEANINGS
from autopost.cli.demo.summary import Summary
from autopost.cli.screen import plain

FACT_INDENT = 16
FACT_COLUMNS = 80 - FACT_INDENT

HOW_TO_GO_ON = """\
Go on with a database of your own:
  export DATABASE_URL=postgresql://owner@host/platform
  autopost migrate          installs tables, rules and trigger
  autopost run              a worker; with OPENAI_API_KEY a model writes
  autopost feed --follow    what is posted, and what is not and why
  autopost status           the outbox at a glance
More in README.md and docs/."""


def ending(summary: Summary, rolled_back: int) -> Text:
    """Return the summary of a demo that adds up. `rolled_back` is what the platform says it took back."""
    return Text("\n").join(
        [
            Text("RESULT", style="bold"),
            *_sum(summary),
            Text.assemble(("✓ ", "green"), f"{summary.equation()}: every operation is accounted for"),
            Text(),
            *_facts(summary, rolled_back),
            Text(),
            Text(HOW_TO_GO_ON),
        ]
    )


def _sum(summary: Summary) -> Iterator[Text]:
    meanings = {
        **MEANINGS,
        "posted": f"{summary.status_posts} status, {summary.alert_posts} alerts",
        "insignificant": "no rule names them: they never reached the outbox",
    }
    yield _term(summary.operations, "operations", "in operation_trackers", "bold")
    for name, number in summary.outcomes.items():
        style = "green" if name == "posted" else ("bold red" if name == "dead" and number else "")
        yield _term(number, name, meanings.get(name, ""), style)


def _term(number: int, name: str, meaning: str, style: str) -> Text:
    line = Text.assemble((f"{number:>4}  {plain(name):<21}", style), (meaning, "dim"))
    line.rstrip()
    return line


def _facts(summary: Summary, rolled_back: int) -> Iterator[Text]:
    yield _fact("rolled back", f"{rolled_back}, with the platform's own transaction: it left no trace")
    yield _fact("redacted", _listed(summary.redactions) or "nothing")
    cost = f", {summary.cost_usd:.4f} US dollars" if summary.cost_usd else ""
    yield _fact("written by", _listed(summary.generators) + cost)
    if summary.median_ms is not None:
        yield _fact("commit to post", f"{summary.median_ms:.0f} ms (median)")


def _fact(name: str, fact: str) -> Text:
    first, *others = textwrap.wrap(fact, FACT_COLUMNS)
    return Text("\n" + " " * FACT_INDENT).join(
        [Text.assemble((f"{name:<{FACT_INDENT}}", "dim"), first), *map(Text, others)]
    )


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} {number}" for name, number in numbers.items())
