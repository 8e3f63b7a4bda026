"""The texts of a preview, written and redacted by the worker's own parts."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from autopost.cli.console import progress_bar
from autopost.cli.preview.run_budget import budget_of_a_run
from autopost.cli.preview.timeline import Decided
from autopost.errors import RedactionFailed
from autopost.model import Agent, Operation, Written
from autopost.settings import Settings
from autopost.worker.digests import in_words
from autopost.writing import Redactor, Writer
from autopost.writing.wording import DEFAULT, Wording

UNREDACTED = "(not shown: it could not be redacted)"


class Texts:
    """Writes posts, and takes personal data out of everything else that is shown."""

    def __init__(self, settings: Settings, redactor: Redactor, wording: Wording = DEFAULT) -> None:
        self._settings = settings
        self._redactor = redactor
        self._wording = wording
        self._templates = Writer(settings.model_copy(update={"llm_enabled": False}), redactor, wording=wording)
        self._shown: dict[str, str] = {}

    def from_template(self, operation: Operation, agent: Agent) -> Written:
        """Write a post from a template. CPU-bound. Raises RedactionFailed."""
        return self._templates.from_template(operation, agent)

    def types(self, types: Collection[str]) -> dict[str, str | None]:
        """Return operation types without personal data, None for one that could not be redacted. CPU-bound."""
        return {type_: self._redacted(type_) for type_ in types}

    def shown(self, text: str | None) -> str:
        """Return a name, an id or a word without personal data. CPU-bound."""
        if not text:
            return ""
        if text not in self._shown:
            redacted = self._redacted(text)
            self._shown[text] = UNREDACTED if redacted is None else redacted
        return self._shown[text]

    async def rewritten(self, decided: Sequence[Decided]) -> list[Decided]:
        """Return the same with the posts written by the LLM, where it gives a usable text in time and in the budget."""
        writer = Writer(self._settings, self._redactor, wording=self._wording, budget=budget_of_a_run(self._settings))
        with progress_bar() as bar:
            task = bar.add_task("asking the model", total=sum(each.written is not None for each in decided))

            async def rewrite(each: Decided) -> Decided:
                if each.written is None or each.agent is None:
                    return each
                written = await writer.write(each.operation, each.agent)
                bar.advance(task)
                return replace(each, written=written)

            try:
                return list(await asyncio.gather(*map(rewrite, decided)))
            finally:
                await writer.aclose()

    def with_digests(self, decided: Sequence[Decided]) -> list[Decided]:
        """Return the same with what the posts carry in words, as the setting says."""
        return [self._with_digest(each) for each in decided]

    def _with_digest(self, each: Decided) -> Decided:
        if each.digest is None or each.written is None or each.at is None:
            return each
        mode, texts = self._settings.digest, self._templates.digest_texts
        is_post = each.operation.is_digest
        written, digest = in_words(each.written, each.digest, mode, each.at, texts, is_post=is_post)
        return replace(each, written=written, digest=digest)

    def _redacted(self, text: str) -> str | None:
        try:
            return self._redactor.redact(text).text
        except RedactionFailed:
            return None
