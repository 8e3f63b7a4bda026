"""How logs, metrics and spans describe the outcome of an attempt. Pure."""

from __future__ import annotations

from autopost.model import Busy, Dead, Deferred, Lost, Outcome, Outdated, Posted, Skipped


def describe(outcome: Outcome) -> dict[str, str]:
    """Return the outcome's name with its generator, fallback, reason or kind of error; no text of the operation."""
    match outcome:
        case Posted(written=written):
            fallback = {"fallback": written.fallback} if written.fallback else {}
            return {"outcome": "posted", "generator": str(written.generator)} | fallback
        case Skipped(reason=reason):
            return {"outcome": "skipped", "reason": str(reason)}
        case Dead(error=error):
            return {"outcome": "dead", "error": error}
        case Deferred(error=error):
            return {"outcome": "deferred", "error": error}
        case Lost():
            return {"outcome": "lease_lost"}
        case Busy():
            return {"outcome": "busy"}
        case Outdated():
            return {"outcome": "outdated"}
