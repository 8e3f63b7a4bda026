"""The self-check: what is right and what is wrong with an installation, and what to do about it. Changes nothing."""

from __future__ import annotations

from autopost.cli.checking.finding import Finding, Level, require_health, worst
from autopost.cli.checking.look import run_check
from autopost.cli.checking.objects import source_of
from autopost.cli.checking.show import check_screen

__all__ = ["Finding", "Level", "check_screen", "require_health", "run_check", "source_of", "worst"]
