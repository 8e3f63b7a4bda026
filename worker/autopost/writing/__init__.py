"""Write a short, redacted post about an operation, with the LLM or from a template."""

from autopost.writing.fields import Redactor, has_explanation
from autopost.writing.writer import Writer

__all__ = ["Redactor", "Writer", "has_explanation"]
