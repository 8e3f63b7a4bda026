"""Say in a post what its agent did while it was rate-limited, in the team's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autopost.model.counted import ENGLISH, Noun, Words, listed
from autopost.model.digest import Digest
from autopost.writing.language import detect
from autopost.writing.length import LIMIT_CHARACTERS, cut
from autopost.writing.template import Template, parse_template

FINISHED = "completed"


@dataclass(frozen=True, slots=True)
class DigestWording:
    """How digests are worded in a language (None: in any).

    `finished` is the text of a digest post where all operations are completed, `post` that of any other; `text` is what
    is added to the text of a post, `beside` what stands beside it (None: as in English).
    """

    post: Template
    finished: Template
    text: Template
    beside: Template | None = None
    words: Words = ENGLISH
    language: str | None = None

    def redacted(self, redact: Callable[[str], str]) -> DigestWording:
        """Return it with its fixed texts redacted, as those of templates are."""

        def clean(template: Template) -> Template:
            return Template(tuple(redact(part) if isinstance(part, str) else part for part in template.parts))

        def clean_noun(noun: Noun) -> Noun:
            return redact(noun[0]), redact(noun[1])

        words = Words(
            {type_: clean_noun(noun) for type_, noun in self.words.nouns.items()},
            clean_noun(self.words.other),
            redact(self.words.conjunction),
        )
        return replace(
            self,
            post=clean(self.post),
            finished=clean(self.finished),
            text=clean(self.text),
            beside=self.beside and clean(self.beside),
            words=words,
        )


DEFAULT = DigestWording(
    post=parse_template("{agent_name} also: {operations}."),
    finished=parse_template("{agent_name} also finished {operations}."),
    text=parse_template("(+ {count} more since the last post: {operations})"),
)


@dataclass(frozen=True, slots=True)
class DigestTexts:
    """The team's wordings of digests, in the order of its file, and the language of all of its posts if it has one."""

    wordings: Sequence[DigestWording] = ()
    language: str | None = None

    def wording(self, text: str | None = None) -> DigestWording:
        """Return the wording for a post with this text, or with no text of its own."""
        language = self.language
        if language is None and text is not None and any(wording.language for wording in self.wordings):
            language = detect(text)
        of_language = [wording for wording in self.wordings if wording.language == language]
        of_any = [wording for wording in self.wordings if wording.language is None]
        return next(iter((*of_language, *of_any)), DEFAULT)

    def redacted(self, redact: Callable[[str], str]) -> DigestTexts:
        """Return them with their fixed texts redacted."""
        return replace(self, wordings=[wording.redacted(redact) for wording in self.wordings])


ENGLISH_TEXTS = DigestTexts()


def digest_post(agent: str, digest: Digest, wording: DigestWording = DEFAULT) -> str:
    """Return the text of a digest post, as `Ada also finished 3 workflows and a report`.

    `agent` is the agent's name, redacted. At most 280 characters.
    """
    are_finished = all(kind.status == FINISHED for kind in digest.kinds)
    template = wording.finished if are_finished else wording.post
    return cut(template.fill({"agent_name": agent, **_values(digest, wording)}))


def with_digest(text: str, digest: Digest, wording: DigestWording = DEFAULT) -> str:
    """Return the text of a post, and after it what the agent did besides; at most 280 characters.

    Where there is no room for the list, only the number is said, and the text is cut if it must be.
    """
    values = _values(digest, wording)
    for more in (wording.text.fill(values), short := wording.text.fill({**values, "operations": ""})):
        if len(text) + 1 + len(more) <= LIMIT_CHARACTERS:
            return f"{text} {more}"
    return f"{cut(text, LIMIT_CHARACTERS - len(short) - 1)} {short}"


def beside_text(digest: Digest, posted_at: datetime, wording: DigestWording) -> str | None:
    """Return what stands beside a post in the team's words, as `und 4 weitere seit 14:05 UTC`; None without such."""
    if wording.beside is None or digest.since is None:
        return None
    since = digest.since.astimezone(UTC)
    day = "" if since.date() == posted_at.astimezone(UTC).date() else f"{since:%Y-%m-%d} "
    return wording.beside.fill({"count": f"{digest.count:,}", "since": f"{day}{since:%H:%M} UTC"})


def _values(digest: Digest, wording: DigestWording) -> dict[str, str]:
    operations = listed(digest.kinds, digest.count, words=wording.words)
    return {"count": f"{digest.count:,}", "operations": operations}
