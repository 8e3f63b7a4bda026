"""A group of commands that are imported when one of them is run or when its own help or options are shown.

A command's module declares arguments and options. What the command needs (settings, a database driver, Presidio, a web
server) takes up to a second to import, so its function imports that: `--help` and a shell that completes do without.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from autopost.cli.usage import simplify


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, or a group of commands: where its function or its Typer is (`module:name`), and how help shows it."""

    place: str
    panel: str
    example: str | None = None

    def load(self, name: str) -> Any:
        """Import it, and return what Typer makes of it."""
        module, _, attribute = self.place.partition(":")
        found: Callable[..., Any] | typer.Typer = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            command: Any = simplify(get_command(found))
            command.name, command.rich_help_panel = name, self.panel
            return command
        single = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
        epilog = f"Example: [bold]{self.example}[/bold]"
        single.command(name, epilog=epilog, rich_help_panel=self.panel)(found)
        return simplify(get_command(single))

    def summary(self) -> str:
        """Return the first line of its help, read from the source: an import would take a second."""
        module, _, attribute = self.place.partition(":")
        for node in _parsed(module).body:
            match node:
                case ast.FunctionDef(name=name) if name == attribute:
                    return (ast.get_docstring(node) or "").partition("\n")[0]
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=options)) if name == attribute:
                    texts = [option.value for option in options if option.arg == "help"]
                    return str(ast.literal_eval(texts[0])).partition("\n")[0] if texts else ""
        return ""


@cache
def _parsed(module: str) -> ast.Module:
    spec = find_spec(module)
    return ast.parse(Path(spec.origin).read_text("utf-8") if spec and spec.origin else "")


class OnDemand(MutableMapping[str, Any]):
    """Commands by name. The names are known; a command is imported when it is read."""

    def __init__(self, entries: dict[str, Entry]) -> None:
        self._entries = entries
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._entries[name].load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def lazy_group(entries: dict[str, Entry]) -> type[TyperGroup]:
    """Return the class of a group with these commands, for typer.Typer(cls=...)."""

    class LazyGroup(TyperGroup):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.commands = OnDemand(entries)
            simplify(self)

        def list_commands(self, ctx: Any) -> list[str]:
            """Return the names."""
            return list(entries)

        def format_help(self, ctx: Any, formatter: Any) -> None:
            """Print the help, with the first line of each command's, without importing the commands."""
            loaded = self.commands
            self.commands = {
                name: TyperCommand(name, help=entry.summary(), rich_help_panel=entry.panel)
                for name, entry in entries.items()
            }
            try:
                super().format_help(ctx, formatter)
            finally:
                self.commands = loaded

        def shell_complete(self, ctx: Any, incomplete: str) -> list[CompletionItem]:
            """Return the commands that begin so, or the options, without importing a command."""
            if incomplete and not incomplete[0].isalnum():
                return super().shell_complete(ctx, incomplete)
            return [
                CompletionItem(name, help=entries[name].summary()) for name in entries if name.startswith(incomplete)
            ]

    return LazyGroup
