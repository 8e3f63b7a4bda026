"""The templates, and how values look in them. Everything that comes from a row is escaped."""

from __future__ import annotations

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from autopost import __version__
from autopost.model import start_of_sentence
from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import MOST_ROWS_COUNTED, DeadLetter, Figures
from autopost.web.page.chart import chart
from autopost.web.page.texts import parts, visible

TEMPLATES = Path(__file__).parent / "templates"
REASONS = {
    "rate_limited": "rate limit: this agent had just posted",
    "alert_storm": "too many alerts: one post sums them up",
    "digest_empty": "nothing was left to sum up",
    "maturity_blocked": "maturity: students only read",
    "tenant_mismatch": "it names another tenant than its agent's",
    "agent_unknown": "nobody knows this agent",
    "agent_ambiguous": "more than one agent has this id",
    "missing_explanation": "it does not say what was done",
    "refused_by_platform": "the platform refused it",
}
WAKEUPS = {
    "doorbell": "by doorbell",
    "notify": "by a notification each",
    "poll": "by polling",
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}")


class Renderer:
    """Renders values as HTML. `may_act`: whether there is a token, and so buttons for actions."""

    def __init__(self, *, may_act: bool) -> None:
        self._may_act = may_act
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {
            "visible": visible,
            "word": word,
            "parts": parts,
            "start_of_sentence": start_of_sentence,
            "reason": reason,
            "seconds": seconds,
            "day_time": day_time,
            "iso": iso,
            "count": count,
        }
        environment.globals |= {
            "version": __version__,
            "may_act": may_act,
            "chart": chart,
            "most_counted": MOST_ROWS_COUNTED,
            "wakeups": WAKEUPS,
            "plural": gettext.NullTranslations().ngettext,
        }
        self._environment = environment
        self._fragments: Any = environment.get_template("fragments.html").module

    def page(self, name: str, **values: object) -> str:
        """Return an HTML page."""
        return self._environment.get_template(f"{name}.html").render(values)

    def entry(self, entry: Outcome) -> str:
        """Return one outcome as an item of the feed."""
        return str(self._fragments.entry_item(entry))

    def glance(self, figures: Figures, dead: list[DeadLetter]) -> str:
        """Return the figures beside the feed."""
        return str(self._fragments.glance(figures, dead))

    def figures(self, figures: Figures) -> str:
        """Return the figures of the outbox."""
        return str(self._fragments.figures(figures))

    def dead_letters(self, dead: list[DeadLetter]) -> str:
        """Return the list of dead letters."""
        return str(self._fragments.dead_letters(dead))


def word(value: str | None) -> str | None:
    """Return an operation type that is one word, None for anything else: that may be text of an operation."""
    return value if value is not None and _WORD.fullmatch(value) else None


def reason(code: str | None) -> str:
    """Return why there is no post, in words."""
    return REASONS.get(code or "", visible((code or "unknown").replace("_", " ")))


def seconds(value: float | None) -> str:
    """Return a duration, rounded to fit its size."""
    if value is None:
        return "none"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    if value < 3600:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h" if value < 172_800 else f"{value / 86_400:.0f} days"


def day_time(at: datetime) -> str:
    """Return a time in UTC; the dashboard's script shows it in the reader's time zone."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b}, {utc:%H:%M:%S}"


def iso(at: datetime) -> str:
    """Return a time for a machine."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def count(number: int) -> str:
    """Return a number with its thousands separated."""
    return f"{number:,}"
