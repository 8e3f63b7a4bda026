"""Writing: one short, clean post about one operation, by the LLM or from a template."""

from autopost.writing.fields import Redactor, has_explanation
from autopost.writing.writer import Writer

__all__ = ["Redactor", "Writer", "has_explanation"]
