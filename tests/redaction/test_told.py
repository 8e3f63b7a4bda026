"""Secrets told in many ways are found, and sentences that look like them stay."""

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from tests.data.redaction.development.everyday import EVERYDAY
from tests.data.redaction.development.look_alikes import LOOK_ALIKES
from tests.data.redaction.development.told import TOLD, told
from tests.data.redaction.development.told_more import TOLD_MORE
from tests.data.redaction.dice import BASE64, Dice
from tests.redaction.sentences import assert_unchanged

_FRAMES = ("{}", "Note: {} today.", "{}. Done.")


def _left(redactor: Redactor, text: str, spans: list[tuple[int, int]]) -> str:
    """Return the letters and digits of the values that redaction leaves."""
    covered = {place for finding in redactor.explain(text) for place in range(finding.start, finding.end)}
    places = (place for start, end in spans for place in range(start, end))
    return "".join(text[place] for place in places if text[place].isalnum() and place not in covered)


def test_secret_is_found_however_it_is_told(redactor: Redactor) -> None:
    """Every value goes, wherever its word stands and whatever the language; one in two hundred may look like a word."""
    left: dict[str, list[str]] = {}
    count = 0
    for kind, templates in [*TOLD.items(), *TOLD_MORE.items()]:
        for template in templates:
            dice = Dice(f"{kind} {template}")
            for frame in _FRAMES:
                text, spans = told(frame.replace("{}", template), dice)
                count += 1
                if _left(redactor, text, spans):
                    left.setdefault(kind, []).append(text)
    assert sum(map(len, left.values())) <= count / 200, left


def test_sentence_that_looks_like_a_secret_stays(redactor: Redactor) -> None:
    """Names, rows of numbers, dates, versions, references and words with another meaning."""
    assert_unchanged(redactor, [*LOOK_ALIKES, *EVERYDAY])


def test_checksum_stays(redactor: Redactor) -> None:
    """Behind a word for one, in base64 and hexadecimal digits."""
    dice = Dice("checksums")
    base64 = dice.some(86, BASE64) + "=="
    digests = [
        f"sha512-{base64}",
        f"integrity: {base64}",
        f"h1:{dice.some(43, BASE64)}=",
        f"SHA256:{dice.some(43, BASE64)}",
    ]
    assert_unchanged(redactor, [f"The package has {digest} in its lock file" for digest in digests])


def test_placeholder_is_no_word_for_a_secret(redactor: Redactor) -> None:
    """Else each pass would find one more value, and the text would be refused."""
    for piece in ("secret: a1", "mysql -p", "password: x1", "API_KEY: q7aB9xK2mP4z ", "pin 4821 "):
        text = redactor.redact((piece * 400)[:4000]).text
        assert redactor.redact(text).text == text, piece
    assert redactor.redact("<SECRET>: Maple77x and <PIN> 4821").text == "<SECRET>: Maple77x and <PIN> 4821"
