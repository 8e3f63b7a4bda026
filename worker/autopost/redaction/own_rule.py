"""Build a rule from a user's own pattern, with gitleaks' conditions for what counts as a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from autopost.redaction.pattern import compiled, quoted
from autopost.redaction.rule import Rule, Span

SCORE = 0.95


@dataclass(frozen=True, slots=True)
class Allowance:
    """An exception: any of the regexes found in the secret, its match or its line, or any of the words in the secret.

    With `every`, a regex and a word must both be found, if both are given.
    """

    regexes: tuple[Any, ...]
    stopwords: tuple[str, ...]
    target: str = "secret"
    every: bool = False

    def allows(self, text: str, match: Span, secret: Span) -> bool:
        """Return whether a finding is excepted, so that it is not redacted."""
        parts = []
        if self.regexes:
            start, end = {"secret": secret, "match": match, "line": _line(text, *match)}[self.target]
            parts.append(any(regex.search(text[start:end]) for regex in self.regexes))
        if self.stopwords:
            lower = text[slice(*secret)].lower()
            parts.append(any(word in lower for word in self.stopwords))
        return all(parts) if self.every else any(parts)


def own_rule(
    name: str,
    entity: str,
    pattern: str,
    keywords: Sequence[str],
    group: int,
    entropy: float,
    allowances: Sequence[Allowance],
) -> Rule:
    """Return the rule. With keywords it runs only on texts that contain one of them, case-insensitively."""
    regex = compiled(pattern)

    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        # `text` is matched again from `start`, so that the groups are known and the surroundings count.
        match = regex.match(text, start)
        if match is None or match.end() != end:
            return
        secret = match.span(group) if group else _first_group(match)
        kept = secret[0] >= 0 and secret[0] < secret[1] and _entropy(text[slice(*secret)]) >= entropy
        if kept and not any(allowance.allows(text, (start, end), secret) for allowance in allowances):
            yield secret

    anchor = "(?i)" + "|".join(quoted(keyword) for keyword in keywords) if keywords else None
    return Rule(
        entity, pattern, "the user's own", anchor=anchor, score=SCORE, refine=refine, name=name, whole=True, own=True
    )


def _first_group(match: Any) -> Span:
    spans = (match.span(number) for number in range(1, match.re.groups + 1))
    found: Span = next((span for span in spans if span[0] < span[1]), match.span())
    return found


def _line(text: str, start: int, end: int) -> Span:
    stop = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(text)


def _entropy(text: str) -> float:
    """Return the Shannon entropy of the characters, in bits per character."""
    return -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())
