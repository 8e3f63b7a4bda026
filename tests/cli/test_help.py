"""What `--help` shows of commands, arguments and options."""

from __future__ import annotations

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from autopost.cli.app import COMMANDS, app

COMMAND_LINES = [[name] for name in COMMANDS] + [["rules", "add"], ["webhooks", "retry"], ["mapping", "show"]]


@pytest.mark.parametrize("words", [[], *COMMAND_LINES], ids=" ".join)
def test_help_has_the_usual_form(words: list[str]) -> None:
    """No type for a flag, no types as Python has them, and no double brackets."""
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert not any(odd in result.output for odd in ("<bool>", "<str>", "<path>", "list[", "[[", "]]", "{"))


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["retry"], "[OPTIONS] [OPERATION...]"),
        (["skip"], "[OPTIONS] OPERATION..."),
        (["why"], "[OPTIONS] OPERATION"),
        (["redact"], "[OPTIONS] [FILE]"),
        (["rules", "on"], "[OPTIONS] RULE..."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_usage_line_names_arguments_as_manuals_do(words: list[str], usage: str) -> None:
    """Capitals for a value, dots for several, brackets for what may be left out."""
    lines = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"}).output.splitlines()
    assert next(line for line in lines if "Usage:" in line).strip().endswith(usage)


def test_group_has_no_options_of_the_program() -> None:
    """`autopost rules` installs no completion of its own."""
    group = get_command(app).commands["rules"]  # type: ignore[attr-defined]
    assert [param.name for param in group.params] == ["as_json"]
