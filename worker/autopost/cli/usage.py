"""How help shows arguments and options, and when their values are converted.

`AGENT...` instead of `[[AGENT]...]...`, and no type for a flag.
"""

from __future__ import annotations

from typing import Any

_TYPES = {"<str>": "TEXT", "<path>": "FILE"}


def simplify(command: Any) -> Any:
    """Return a command of Typer's, whose help and usage line have the usual form; so have those of its commands."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    read_params = command.get_params
    command.get_params = lambda context: [_simplified(param, context) for param in read_params(context)]
    if isinstance(commands := getattr(command, "commands", None), dict):
        for subcommand in commands.values():
            simplify(subcommand)
    return command


class _LateConversion:
    """Converts a value only where there is one, and not while a shell completes: Typer imports Pydantic for that."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter as its type. Raises BadParameter."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if ctx.resilient_parsing:
            return value
        return type(param).get_runtime_param(param).coerce(value, param=param, ctx=ctx)


def _simplified(param: Any, context: Any) -> Any:
    param.get_runtime_param = _LateConversion
    if param.param_type_name == "argument":
        name = param.metavar or param.name.upper()
        shown = name if param.nargs == 1 else f"{name}..."
        param.metavar = name
        param.get_usage_pieces = lambda _: [shown if param.required else f"[{shown}]"]
        param.display_type_rich = lambda **_: ""
    elif getattr(param, "is_flag", False):
        param.metavar = ""
    elif param.metavar is None:
        param.metavar = _TYPES.get(param.display_type_rich(ctx=context))
    return param
