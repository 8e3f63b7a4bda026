"""autopost mapping list and show: the mappings that come with autopost."""

from __future__ import annotations

import json
import re

import pytest

from autopost.database.mapping_file import parse_mapping
from autopost.database.mappings import bundled_mapping, bundled_mappings
from autopost.errors import ConfigurationError
from tests.support import ROOT
from tests.support.command_line import autopost, terminal

NAMES = ["airflow", "atom", "atom-2026-02", "autogpt", "dify", "langfuse", "n8n", "prefect", "temporal"]


def test_list_has_a_line_for_each_platform_with_the_version_of_its_schema() -> None:
    """For people in columns, for machines as JSON; no database is asked."""
    lines = autopost("mapping", "list", COLUMNS="200").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *NAMES]
    assert any("Prefect: flow runs" in line and line.endswith("Prefect 3.9.1") for line in lines)
    rows = [json.loads(line) for line in autopost("mapping", "list", "--json").stdout.splitlines()]
    assert [row["name"] for row in rows] == NAMES
    for row in rows:
        assert all(row.values()), row
        assert not any(value.startswith("#") for value in row.values()), row


def test_list_fits_a_terminal_of_80_columns() -> None:
    """Long cells are folded, none is cut."""
    with terminal("mapping", "list", dsn="", columns=80) as shown:
        assert shown.end() == 0
        assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in shown.shown.splitlines()) <= 80
        assert "langfuse" in shown.shown


@pytest.mark.parametrize("name", NAMES)
def test_show_prints_the_file_which_is_a_mapping(name: str) -> None:
    """As it is, so that it can be redirected to a file; with what to adapt and what to run next in its comments."""
    shown = autopost("mapping", "show", name)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == bundled_mapping(name).text
    parse_mapping(shown.stdout, name)
    for part in ("# Adapt: ", "$ SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate"):
        assert part in shown.stdout, name
    assert f"| `{name}` |" in (ROOT / "docs/how-to/map-a-platform.md").read_text("utf-8")


def test_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    """With what was meant where it is near."""
    shown = autopost("mapping", "show", "prefct")
    assert shown.returncode == 2
    assert shown.stdout == ""
    assert "only of airflow, atom, " in shown.stderr
    assert "did you mean prefect?" in shown.stderr
    with pytest.raises(ConfigurationError, match=r"no mapping of '\.\./prefect' comes with autopost"):
        bundled_mapping("../prefect")
    assert [*bundled_mappings()] == NAMES
