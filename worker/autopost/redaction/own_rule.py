"""A pattern of a user's own: a rule with gitleaks' conditions of what counts as a secret."""

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
    """What is no finding: any of the regexes in the secret, its match or its line, or any of the words in the secret.

    `every`: one of the regexes and one of the words, where both are given.
    """

    regexes: tuple[Any, ...]
    stopwords: tuple[str, ...]
    target: str = "secret"
    every: bool = False

    def allows(self, text: str, match: Span, secret: Span) -> bool:
        """Tell whether what was found may stay."""
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
    """Make the rule. With keywords it is looked for only in texts that hold one of them, in any letter case."""
    regex = compiled(pattern)

    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        # The whole match is handed over; the groups are looked up in it, where its surroundings are known.
        match = regex.match(text, start)
        if match is None or match.end() != end:
            return
        secret = match.span(group) if group else _first_group(match)
        kept = secret[0] >= 0 and secret[0] < secret[1] and _entropy(text[slice(*secret)]) >= entropy
        if kept and not any(allowance.allows(text, (start, end), secret) for allowance in allowances):
            yield secret

    anchor = "(?i)" + "|".join(quoted(keyword) for keyword in keywords) if keywords else None
    return Rule(entity, pattern, "the user's own", anchor=anchor, score=SCORE, refine=refine, name=name, whole=True)


def _first_group(match: Any) -> Span:
    spans = (match.span(number) for number in range(1, match.re.groups + 1))
    found: Span = next((span for span in spans if span[0] < span[1]), match.span())
    return found


def _line(text: str, start: int, end: int) -> Span:
    stop = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(text)


def _entropy(text: str) -> float:
    """Return Shannon's entropy of the characters, in bits each."""
    return -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())
