"""A mutant, and the file that lists them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("mutants.toml")
GONE = "the text to replace is gone: update the mutant"


@dataclass(frozen=True, slots=True)
class Mutant:
    """Replaces `old` by `new` in one file; at least one of `tests` (pytest node ids) must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: Sequence[str]

    def problem(self, root: Path) -> str | None:
        """Return why the mutant does not fit the tree at `root`, or None."""
        path = root / self.file
        found = path.read_text("utf-8").count(self.old) if path.is_file() else 0
        if found == 0:
            return GONE
        if found > 1:
            return f"the text to replace is there {found} times: make it longer"
        if self.is_migrated and not self._frozen(root):
            return "the text to replace is in no migration: update the mutant"
        missing = [test for test in self.tests if not _is_test(root, test)]
        return f"there is no test {missing[0]}" if missing else None

    @property
    def is_migrated(self) -> bool:
        """Return whether the file is the source of a database object, which tests get from the migrations."""
        return self.file.startswith(("sql/functions/", "sql/tables/", "sql/triggers/", "sql/views/"))

    def changes(self, root: Path) -> dict[Path, str]:
        """Return the new text of each file that the mutant changes."""
        paths = [root / self.file, *(self._frozen(root) if self.is_migrated else [])]
        return {path: path.read_text("utf-8").replace(self.old, self.new) for path in paths}

    def _frozen(self, root: Path) -> list[Path]:
        migrations = sorted((root / "migrations" / "versions").glob("*.up.sql"))
        return [path for path in migrations if self.old in path.read_text("utf-8")]


def load_mutants() -> list[Mutant]:
    """Return the mutants in the order of the list."""
    return [Mutant(**facts) for facts in tomllib.loads(LIST.read_text("utf-8"))["mutant"]]


def _is_test(root: Path, node_id: str) -> bool:
    file, _, name = node_id.partition("[")[0].partition("::")
    path = root / file
    if not path.is_file():
        return False
    functions = ast.parse(path.read_text("utf-8")).body
    return not name or any(isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) and f.name == name for f in functions)
