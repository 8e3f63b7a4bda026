"""What stands where a finding was."""

from __future__ import annotations

from collections.abc import Collection

from autopost.errors import ConfigurationError
from autopost.redaction import placeholder_style
from autopost.redaction.normalise import normalise
from autopost.redaction.pattern import compiled, quoted
from autopost.redaction.placeholder_style import DEFAULT_STYLE
from autopost.redaction.rule import Span

__all__ = ["DEFAULT_STYLE", "Placeholder"]


class Placeholder:
    """A style such as `<TYPE>`, `[TYPE]` or `***`, and the types that it is written for.

    Raises ConfigurationError for a style that could be read as text (see placeholder_style.py).
    """

    def __init__(self, style: str, entities: Collection[str]) -> None:
        if not placeholder_style.is_style(style):
            raise ConfigurationError(
                f"The style of placeholders: given {style!r}; allowed: {placeholder_style.ALLOWED}"
            )
        self._style = style
        types = "(?:" + "|".join(sorted(entities, key=lambda entity: (-len(entity), entity))) + ")"
        parts = placeholder_style.parts(normalise(style).text)
        self._pattern = compiled(types.join(map(quoted, parts)))

    def of(self, entity: str) -> str:
        """Return what is written in the place of a finding of this type."""
        return placeholder_style.placeholder(self._style, entity)

    def spans(self, text: str) -> list[Span]:
        """Return where placeholders stand in a normalised text; in order, apart."""
        return [match.span() for match in self._pattern.finditer(text)]
