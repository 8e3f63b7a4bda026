"""The list of mutants fits the code: a refactoring must not disable one without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.mutant import GONE, Mutant, load_mutants
from tests.mutants.tree import Tree
from tests.support import ROOT

MUTANTS = load_mutants()


def test_every_mutant_fits_the_code() -> None:
    """Its text is there once, in the migrations too where it must, and so are the tests that must fail with it."""
    problems = {mutant.name: problem for mutant in MUTANTS if (problem := mutant.problem(ROOT))}
    assert problems == {}, "adapt tests/mutants/mutants.toml"


def test_names_tell_mutants_apart() -> None:
    """A name is how one of them is run."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize(
    ("file", "old", "test", "problem"),
    [
        ("module.py", "gone", "tests/test_it.py::test_it", GONE),
        ("nothing.py", "x = 1", "tests/test_it.py::test_it", GONE),
        ("module.py", "1", "tests/test_it.py::test_it", "the text to replace is there 2 times: make it longer"),
        ("module.py", "x = 1", "tests/test_it.py::test_that", "there is no test tests/test_it.py::test_that"),
        ("module.py", "x = 1", "tests/test_that.py", "there is no test tests/test_that.py"),
        ("sql/functions/f.sql", "one", "tests/test_it.py", "the text to replace is in no migration: update the mutant"),
        ("sql/functions/f.sql", "two", "tests/test_it.py", None),
        ("module.py", "x = 1", "tests/test_it.py::test_it[a]", None),
    ],
)
def test_mutant_that_does_not_fit_says_why(tmp_path: Path, file: str, old: str, test: str, problem: str | None) -> None:
    """With what to do about it."""
    texts = {
        "module.py": "x = 1\ny = 1\n",
        "sql/functions/f.sql": "select one, two",
        "migrations/versions/0001_f.up.sql": "select two, three",
        "tests/test_it.py": "def test_it() -> None: ...\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert Mutant("name", file, old, "", [test]).problem(tmp_path) == problem


def test_mutant_of_a_database_object_changes_the_migrations_too(tmp_path: Path) -> None:
    """Tests get their database from them."""
    paths = [tmp_path / "sql/functions/f.sql", tmp_path / "migrations/versions/0001_f.up.sql"]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_text("select one", "utf-8")
    mutant = Mutant("name", "sql/functions/f.sql", "one", "two", [])
    assert mutant.changes(tmp_path) == dict.fromkeys(paths, "select two")


def test_run_tells_a_failure_from_a_success_and_from_code_that_cannot_run(tmp_path: Path) -> None:
    """In a copy: the tree itself is not changed, and the copy is as before after each mutant."""
    module, test = tmp_path / "root/worker/module.py", tmp_path / "root/tests/test_it.py"
    for path in (module, test):
        path.parent.mkdir(parents=True)
    module.write_text("x = 1\n", "utf-8")
    test.write_text("import module\n\ndef test_it():\n    assert module.x == 1\n", "utf-8")
    tree = Tree(tmp_path / "root", tmp_path)

    def run(new: str) -> tuple[str | None, bool]:
        with tree.mutated(Mutant("name", "worker/module.py", "x = 1", new, [])):
            result = tree.run(["tests/test_it.py"])
        return result.failed, result.problem is None

    assert run("x = 2") == ("tests/test_it.py::test_it", True)
    assert run("x = 1.0") == (None, True)
    assert run("x = (") == (None, False)
    assert (tree.root / "worker/module.py").read_text("utf-8") == module.read_text("utf-8") == "x = 1\n"
