"""How the team words digests: its words in each place, in the language of the post, and mistakes in the file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from autopost.model.digest import Digest, DigestKind, beside, digest_in
from autopost.writing.digest import DEFAULT, DigestTexts, beside_text, digest_post, with_digest
from autopost.writing.wording_file import parse_wording
from tests.support import ROOT
from tests.writing.test_wording_file import mistakes

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REPORTS = DigestKind(None, "report_generate", "completed", 2)
RUNS = DigestKind(None, "Nightly_Run", "completed", 1)
OTHERS = DigestKind(None, "agent_to_agent_call", "running", 1)


def documented() -> DigestTexts:
    """Return the example of the how-to."""
    page = (ROOT / "docs" / "how-to" / "digests.md").read_text("utf-8")
    found = re.search(r"```toml\n(\[\[digests\]\].*?)```", page, re.DOTALL)
    assert found is not None
    return parse_wording(found[1], "digests.md").digests


def test_words_are_those_of_the_file() -> None:
    """In a digest post, after the text of a post and beside it; what the file leaves out is English."""
    wording = documented().wording("Der Bericht für die Kunden ist fertig und liegt im Ordner.")
    digest = Digest(3, NOON, (REPORTS, RUNS))
    assert digest_post("Ada", digest, wording) == "Ada hat außerdem erledigt: 2 Berichte und ein Nachtlauf."
    running = Digest(4, NOON, (REPORTS, OTHERS))
    assert (
        digest_post("Ada", running, wording)
        == "Außerdem bei Ada: 2 Berichte, a call to another agent und eine weitere."
    )
    assert with_digest("Fertig.", digest, wording).endswith(
        "(+ 3 seit dem letzten Beitrag: 2 Berichte und ein Nachtlauf)"
    )
    assert with_digest("x" * 270, digest, wording).endswith("… (+ 3 seit dem letzten Beitrag)")
    assert beside_text(digest, NOON + timedelta(minutes=6), wording) == "und 3 weitere seit 12:00 UTC"
    assert beside_text(digest, NOON + timedelta(days=1), wording) == "und 3 weitere seit 2026-03-01 12:00 UTC"
    assert beside_text(digest, NOON, DEFAULT) is None


def test_words_beside_a_post_are_in_its_metadata() -> None:
    """Where every reader finds them; what the platform wrote there itself is no long text."""
    digest = Digest(3, NOON, (REPORTS,), text="und 3 weitere")
    assert beside(digest_in(digest.facts_with_kinds), NOON) == "und 3 weitere"
    assert beside(digest_in({"count": 3, "text": 5}), NOON) == "and 3 more"
    assert beside(digest_in({"count": 3, "text": "a\n\nb " * 999}), NOON) == ("a b " * 999)[:280]


def test_language_of_the_post_decides() -> None:
    """Then the wording for any language, then English; the voice's language goes before that of a text."""
    german, any_ = '[[digests]]\nlanguage = "de"\nand = "und"\n', '[[digests]]\nand = "plus"\n'
    text = "Der Bericht für die Kunden ist fertig und liegt im Ordner."

    def conjunction(file: str, text: str | None) -> str:
        return parse_wording(file, "it").digests.wording(text).words.conjunction

    assert conjunction(german, text) == "und"
    assert conjunction(german, "The report for the customers is ready and in the folder.") == "and"
    assert conjunction(german + any_, "The report for the customers is ready.") == "plus"
    assert conjunction(german + any_, None) == "plus"
    assert conjunction(f'[voice]\nlanguage = "de"\n{german}', None) == "und"
    assert conjunction("", text) == "and"


def test_fixed_texts_are_redacted() -> None:
    """As those of templates are; placeholders stay."""
    texts = documented().redacted(lambda text: text.replace("Ber", "<X>"))
    wording = texts.wording("Der Bericht für die Kunden ist fertig und liegt im Ordner.")
    assert digest_post("Ada", Digest(2, NOON, (REPORTS,)), wording) == "Ada hat außerdem erledigt: 2 <X>ichte."


def test_mistake_is_named_with_its_place() -> None:
    """Section, key and what is expected."""
    cases = {
        '[[digests]]\npost = "{agent_name}"': "line 2: [[digests]] 1 post: does not say how much there is; expected: "
        "{operations} in it",
        '[[digests]]\nbeside = "and {number}"': "1 beside: character 5: {number} is no placeholder; ",
        '[[digests]]\ntext = "x {count"': "[[digests]] 1 text: character 3: a lone {",
        '[[digests]]\ntexts = "x"': "[[digests]] 1 texts: not known; did you mean text?",
        f'[[digests]]\ntext = "{{count}} {"x" * 101}"': "has 103 characters beside placeholders; expected: at most 100",
        '[[digests]]\nlanguage = "deutsch"': "language: got deutsch; expected: a code of ISO 639-1",
        '[[digests]]\nand = "u"\n[[digests]]\nand = "v"': "line 3: [[digests]] 2 language: for the same language",
        "[[digests]]\nand = 3": "line 2: [[digests]] 1 and: got 3; expected: the word before the last",
        '[[digests]]\nother = ["x", "y"]': "other: got ['x', 'y']; expected: two texts, for one and for several",
        '[[digests]]\n[digests.operations]\nreport_generate = "Bericht"': "operations.report_generate: got Bericht; ",
        "[[digests]]\noperations = 3": "operations: expected: a section [digests.operations] of at most 200",
        "[digests]\ntext = 'x'": "digests: expected: a section [[digests]], with two pairs of brackets",
    }
    wrong = {text: said for text, expected in cases.items() if expected not in (said := mistakes(text))}
    assert not wrong, "\n".join(f"{text}\n=> {said}" for text, said in wrong.items())
