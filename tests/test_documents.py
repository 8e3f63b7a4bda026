"""The documents say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def test_settings_reference_is_what_the_settings_say() -> None:
    """It is written from their definitions."""
    script = ROOT / "scripts" / "settings-reference"
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_rules_reference_is_what_the_rules_say() -> None:
    """It lists the id, type, score and source of each."""
    script = ROOT / "scripts" / "rules-reference"
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link names a file that is there."""
    links = [
        (page, target)
        for page in PAGES
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
    ]
    assert [(page.name, target) for page, target in links if not (page.parent / target).exists()] == []


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_to_headings_lead_to_one() -> None:
    """Every link with an anchor names a heading of its page."""
    links = [
        (page, (page.parent / target).resolve() if target else page, anchor)
        for page in PAGES
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8"))
    ]
    of_pages = {page.resolve(): _anchors(page) for page in PAGES}
    assert [(page.name, anchor) for page, target, anchor in links if anchor not in of_pages[target.resolve()]] == []


def test_every_page_is_in_an_index() -> None:
    """docs/README.md has each page, and docs/adr/README.md each decision."""
    of_pages, of_decisions = DOCS / "README.md", DOCS / "adr" / "README.md"
    for index, pages in {of_pages: DOCS.glob("*/[!0R]*.md"), of_decisions: DOCS.glob("adr/0*")}.items():
        links = re.findall(r"\]\(([^)#]+)", index.read_text("utf-8"))
        listed = {(index.parent / target).resolve() for target in links}
        assert sorted(page.name for page in pages if page.resolve() not in listed) == [], f"to be listed in {index}"


def test_readme_fits_in_150_lines() -> None:
    """It is the first screen, not the manual."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150


def test_readme_holds_nothing_to_be_filled_in() -> None:
    """What it shows was seen."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert not re.search(r"\b[A-Z]+_LINE\b|filled in|TODO|TBD", text)
