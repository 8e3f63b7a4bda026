"""What holds for any text, looked for by Hypothesis. Values come from the development part of the evaluation's set."""

from __future__ import annotations

import string
import sys
import time
import unicodedata
from functools import partial
from typing import Any

import pytest
from benchmarks.redaction.speed import FIELD_CHARACTERS
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autopost.redaction.normalise import normalise
from autopost.redaction.redactor import Redactor
from autopost.writing.plain import plain
from tests.data.redaction.dice import BEGIN, END, Dice
from tests.data.redaction.parts import DEVELOPMENT
from tests.data.redaction.sample import Maker
from tests.support.cases import assert_results
from tests.support.thoroughness import examples
from tests.support.timing import shortest

MAKERS: dict[str, Maker] = {kind: maker for group in DEVELOPMENT.groups for kind, maker in group.makers.items()}

# A plain word is told from its neighbours, and so may a telephone number be: others may hide them.
ANYWHERE = sorted(set(MAKERS) - {"plain-word password", "phone"})
IN_ANY_CASE = ("e-mail", "IBAN", "MAC", "IPv6")
GROUPED = ("card", "IBAN", "SSN")

# The digit 0 of every script that Unicode knows; the others follow it.
ZEROS = [c for c in map(chr, range(sys.maxunicode)) if c.isdecimal() and unicodedata.digit(c) == 0]
BOLD = {
    **{ord(c): 0x1D400 + place for place, c in enumerate(string.ascii_uppercase + string.ascii_lowercase)},
    **{ord(c): 0x1D7CE + place for place, c in enumerate(string.digits)},
}

FUZZED_TEXTS = examples(200)
CPU_SECONDS = 1.0  # ten times the goal: a bound for safety, for any machine

_slow = settings(deadline=None, suppress_health_check=list(HealthCheck))
_seeds = st.integers(0, 2**32)
_edges = st.sampled_from([" ", "\n", "\t", "\r\n", " (", ' "', "\u00a0", " `", "> ", "| ", "\u2028", " « ", " “", ": "])
_closers = st.sampled_from([" ", "\n", ".\n", ", ", ")", '"', "`", " |", "!", "\u2029", " »", "” ", "; ", ""])
_invisible = st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\ufe0f"])


def piece(kind: str, seed: int) -> tuple[str, str, str]:
    """Return a value of a kind with the words before and after that belong to it."""
    before, rest = MAKERS[kind](Dice(seed)).split(BEGIN)
    value, after = rest.split(END)
    return before, value, after


def survivors(redactor: Redactor, text: str, start: int, end: int) -> str:
    """Return the letters and digits of text[start:end] that redaction leaves."""
    covered = {place for finding in redactor.explain(text) for place in range(finding.start, finding.end)}
    return "".join(text[place] for place in range(start, end) if text[place].isalnum() and place not in covered)


def check(redactor: Redactor, lead: str, parts: tuple[str, str, str], tail: str) -> None:
    """Check that nothing of the value in the middle is left."""
    before, value, after = parts
    start = len(lead + before)
    assert survivors(redactor, lead + before + value + after + tail, start, start + len(value)) == ""


@pytest.mark.parametrize("kind", ANYWHERE)
@settings(_slow, max_examples=examples(25))
@given(seed=_seeds, lead=st.text(max_size=12), edge=_edges, closer=_closers, tail=st.text(max_size=12))
def test_value_survives_in_no_surroundings(
    redactor: Redactor, kind: str, seed: int, lead: str, edge: str, closer: str, tail: str
) -> None:
    """Whatever stands before and after it, as long as that does not make another value of it."""
    if kind not in {"vendors beyond the list", "PEM"} and tail[:1].isalnum() and closer in {"", '"'}:
        tail = ""
    check(redactor, _apart(lead) + edge, piece(kind, seed), closer + (_apart(tail) if closer else ""))


def _apart(text: str) -> str:
    """Return surroundings without signs that would be part of a value, and without marks that change a letter."""
    return "".join(c for c in text if c.isalpha() or c in " ,;!?()\n")


@pytest.mark.parametrize("kind", ANYWHERE)
@settings(_slow, max_examples=examples(15))
@given(seed=_seeds, data=st.data())
def test_invisible_characters_hide_nothing(redactor: Redactor, kind: str, seed: int, data: st.DataObject) -> None:
    """Zero-width spaces and soft hyphens, anywhere in the value."""
    before, value, after = piece(kind, seed)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(1, len(value) - 1))
        value = value[:place] + data.draw(_invisible) + value[place:]
    check(redactor, "Seen: ", (before, value, after), " today")


@pytest.mark.parametrize("kind", ANYWHERE)
@settings(_slow, max_examples=examples(10))
@given(seed=_seeds)
def test_wide_forms_hide_nothing(redactor: Redactor, kind: str, seed: int) -> None:
    """Full-width letters, digits and signs are read as the plain ones."""
    before, value, after = piece(kind, seed)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)
    assert normalise(wide).text == normalise(value).text
    check(redactor, "Seen: ", (before, wide, after), " today")


@pytest.mark.parametrize("kind", ANYWHERE)
@settings(_slow, max_examples=examples(10))
@given(seed=_seeds, zero=st.sampled_from(ZEROS))
def test_digits_of_any_script_hide_nothing(redactor: Redactor, kind: str, seed: int, zero: str) -> None:
    """Arabic, Devanagari, mathematical and all others."""
    before, value, after = piece(kind, seed)
    written = "".join(chr(ord(zero) + int(c)) if c in string.digits else c for c in value)
    check(redactor, "Seen: ", (before, written, after), " today")


@pytest.mark.parametrize("kind", ANYWHERE)
@settings(_slow, max_examples=examples(10))
@given(seed=_seeds)
def test_bold_letters_hide_nothing(redactor: Redactor, kind: str, seed: int) -> None:
    """The mathematical alphabet that some people decorate their messages with."""
    before, value, after = piece(kind, seed)
    check(redactor, "Seen: ", (before, value.translate(BOLD), after), " today")


@pytest.mark.parametrize("kind", GROUPED)
@settings(_slow, max_examples=examples(25))
@given(seed=_seeds, break_=st.sampled_from(["\n", "\r\n", " \n", "\n  ", "\u2028"]), data=st.data())
def test_line_break_between_groups_hides_nothing_from_a_post(
    redactor: Redactor, kind: str, seed: int, break_: str, data: st.DataObject
) -> None:
    """A number in groups that is wrapped in the middle: what becomes a post is put on one line first."""
    before, value, after = piece(kind, seed)
    gaps = [place for place, c in enumerate(value) if c in " \u00a0"]
    assume(gaps)
    place = data.draw(st.sampled_from(gaps))
    line = plain(f"Seen: {before}{value[:place]}{break_}{value[place + 1 :]}{after} today")
    wrapped = plain(value)
    start = line.index(wrapped)
    assert survivors(redactor, line, start, start + len(wrapped)) == ""


@pytest.mark.parametrize("kind", IN_ANY_CASE)
@settings(_slow, max_examples=examples(25))
@given(seed=_seeds, dice=st.randoms(use_true_random=False))
def test_letter_case_hides_nothing(redactor: Redactor, kind: str, seed: int, dice: Any) -> None:
    """Where the format does not care, redaction does not."""
    before, value, after = piece(kind, seed)
    mixed = "".join(dice.choice([c.lower(), c.upper()]) if len(c.upper()) == 1 else c for c in value)
    check(redactor, "Seen: ", (before, mixed, after), " today")


def test_line_break_between_word_and_value_hides_nothing(redactor: Redactor) -> None:
    """As YAML and mails have it."""
    words = ["password:", "password =", "token:", "API key:", "client_secret:", "Authorization: Bearer"]
    breaks = ["\n", "\r\n", "\n  ", "\r\n    ", " \n"]

    def left(case: tuple[str, int]) -> str:
        lead, seed = case
        value = Dice(seed).some(24) + "7"
        return survivors(redactor, lead + value + "\nnext", len(lead), len(lead) + len(value))

    assert_results(left, (((word + break_, seed), "") for word in words for break_ in breaks for seed in range(4)))


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\\n", "\n> ", "\n    "])
def test_line_breaks_in_a_private_key_hide_nothing(redactor: Redactor, break_: str) -> None:
    """Escaped, quoted in a mail, indented."""
    _, value, _ = piece("PEM", 5)
    check(redactor, "Key: ", ("", value.replace("\n", break_), ""), "\nnext")


_any_text = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.tuples(st.sampled_from(sorted(MAKERS)), _seeds).map(lambda made: "".join(piece(*made))),
        st.sampled_from(
            ["<PASSWORD>", "<EMAIL_ADDRESS>", "<X>", " ", "\n", "=", ": ", "password", "call ", "+", "\u200b", "@"]
        ),
    ),
    max_size=8,
).map("".join)


@settings(_slow, max_examples=examples(200))
@given(text=_any_text)
def test_explanation_is_what_is_replaced(redactor: Redactor, text: str) -> None:
    """Spans lie in the text, in order and apart; replacing them gives the result, which redaction leaves alone."""
    result, end = "", 0
    for finding in redactor.explain(text):
        assert end <= finding.start < finding.end <= len(text)
        result += text[end : finding.start] + f"<{finding.entity}>"
        end = finding.end
    redacted = redactor.redact(text).text
    assert result + text[end:] == redacted
    assert redactor.redact(redacted).text == redacted


_HOSTILE = (
    "a.", "@", "1 ", "12-", "1.1.", ":", "::", "//", "password ", " is ", "token: ", "=", "'", '"', "<", ">", "+1 (",
    "eyJ", ".", "sk-", "-----BEGIN " + "PRIVATE KEY-----", "DE89 ", "\u200b", "\uff11", "\u0301", "4111 ", "A1b2",
    "Bearer ",
    "call ", "born ", "passport ", "secret", "://a:", "http", "aws", "_", "-", "é", "李", "\n", " ", "0", "user",
    "for the ", "from ", " to ", "phrase ",
)  # fmt: skip


def test_time_and_length_are_bounded_on_any_text(redactor: Redactor) -> None:
    """A field's length of pieces that make patterns try again and again; few repeated, many mixed."""
    dice = Dice("fuzz")
    for _ in range(FUZZED_TEXTS):
        pieces = dice.choices(_HOSTILE, k=dice.choice([1, 2, 3, 5, 40, 4000]))
        text = ("".join(pieces) * FIELD_CHARACTERS)[:FIELD_CHARACTERS]
        began = time.process_time()
        redaction = redactor.redact(text)
        spent = time.process_time() - began
        if spent >= CPU_SECONDS:
            spent = shortest(partial(redactor.redact, text), enough=CPU_SECONDS, clock=time.process_time)
        assert spent < CPU_SECONDS, pieces[:8]
        assert len(redaction.text) <= len(text) + 32 * sum(redaction.counts.values())
