"""What the package says of itself, as the real hatchling builds it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a copy of what metadata is made of, in a git repository of its own."""
    folder = tmp_path / "sources"
    for name in ("pyproject.toml", "README.md", "LICENSE", "worker/autopost/__init__.py", "scripts/package_urls.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in ("migrations", "sql"):
        (folder / name).mkdir()
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


def metadata(folder: Path, **environment: str) -> dict[str, object]:
    """Return the metadata of the package that is built here."""
    hatchling = [sys.executable, "-m", "hatchling", "metadata"]
    plain = {name: value for name, value in os.environ.items() if name != "AUTOPOST_REPOSITORY_URL"}
    made = subprocess.run(hatchling, cwd=folder, capture_output=True, text=True, check=True, env=plain | environment)
    answer: dict[str, object] = json.loads(made.stdout)
    return answer


def test_urls_are_those_of_the_repository_that_is_built(sources: Path) -> None:
    """Whatever form the remote has, and without a user or a password in it."""
    address = "https://forge.example.com/team/autopost"
    subprocess.run(["git", "-C", sources, "remote", "add", "origin", "to be set"], check=True)
    forms = (
        *(address, f"{address}.git", f"{address}/", "https://bob:word@forge.example.com/team/autopost.git"),
        *("git@forge.example.com:team/autopost.git", "ssh://git@forge.example.com:2222/team/autopost.git"),
    )
    for remote in forms:
        subprocess.run(["git", "-C", sources, "remote", "set-url", "origin", remote], check=True)
        assert metadata(sources)["urls"] == {
            "Source": address,
            "Documentation": f"{address}/tree/main/docs",
            "Changelog": f"{address}/blob/main/CHANGELOG.md",
            "Issues": f"{address}/issues",
        }, remote


def test_no_url_is_invented(sources: Path) -> None:
    """A repository without an address on the web gives a package without URLs."""
    assert not metadata(sources).get("urls")
    subprocess.run(["git", "-C", sources, "remote", "add", "origin", "to be set"], check=True)
    for remote in (
        "/srv/git/autopost.git",
        "../autopost",
        "file:///srv/git/autopost.git",
        "http://host/no-tls",
        "backup:autopost",
    ):
        subprocess.run(["git", "-C", sources, "remote", "set-url", "origin", remote], check=True)
        assert not metadata(sources).get("urls"), remote


def test_urls_can_be_given_and_stay_in_the_source_distribution(sources: Path) -> None:
    """A build without git takes a variable; what is built from the source distribution has the same URLs."""
    named = {"AUTOPOST_REPOSITORY_URL": "https://forge.example.com/team/autopost"}
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist"]
    subprocess.run(build, cwd=sources, check=True, capture_output=True, env=os.environ | named)
    (archive,) = (sources / "dist").glob("*.tar.gz")
    (sources / "unpacked").mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", sources / "unpacked"], check=True)
    (unpacked,) = (sources / "unpacked").iterdir()
    urls = metadata(unpacked)["urls"]
    assert isinstance(urls, dict)
    assert urls["Source"] == named["AUTOPOST_REPOSITORY_URL"]
