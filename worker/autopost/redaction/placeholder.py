"""What stands where a finding was."""

from __future__ import annotations

from collections.abc import Collection

from autopost.errors import ConfigurationError
from autopost.redaction.pattern import compiled, quoted
from autopost.redaction.rule import Span

DEFAULT_STYLE = "<TYPE>"

_TYPE = "TYPE"
_MOST_CHARACTERS = 20
_SIGN = r"[<>\[\](){}*#|~•█…]"
_ALLOWED = compiled(rf"^{_SIGN}+(?:[A-Z ]*{_SIGN}+)?$")


class Placeholder:
    """A style such as `<TYPE>`, `[TYPE]` or `***`, and the types that it is written for.

    It begins and ends with a sign, so that it is neither part of a word nor one that a pattern could take for a value.
    Raises ConfigurationError for any other style.
    """

    def __init__(self, style: str, entities: Collection[str]) -> None:
        if len(style) > _MOST_CHARACTERS or _ALLOWED.match(style) is None:
            raise ConfigurationError(
                f"The style of placeholders: given {style!r}; allowed: at most {_MOST_CHARACTERS} characters that "
                f"begin and end with a sign of <>[](){{}}*#|~•█…, with {_TYPE} or other capitals between them, "
                "such as <TYPE>, [TYPE], [REMOVED], ***"
            )
        self._style = style
        types = "(?:" + "|".join(sorted(entities, key=lambda entity: (-len(entity), entity))) + ")"
        self._pattern = compiled(types.join(map(quoted, style.split(_TYPE))) if entities else quoted(style))

    def of(self, entity: str) -> str:
        """Return what is written in the place of a finding of this type."""
        return self._style.replace(_TYPE, entity)

    def spans(self, text: str) -> list[Span]:
        """Return where placeholders stand; in order, apart."""
        return [match.span() for match in self._pattern.finditer(text)]
