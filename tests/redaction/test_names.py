"""Names of known people, found from a list."""

from __future__ import annotations

import time
from random import Random

import pytest

from autopost.redaction.names import NameList
from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_replaced, assert_unchanged
from tests.support.timing import shortest

NAMES = (
    "Anna Berg",
    "José Ángel Núñez",
    "Siobhán O'Brien",
    "Ludwig van Beethoven",
    "李雷",
    "J. R. Smith",
    "Zoë",
    "김철수",
)


@pytest.fixture(scope="module")
def knowing() -> Redactor:
    """Return a redactor that knows some people."""
    return Redactor(names=NAMES)


def test_name_is_found_however_it_is_written(knowing: Redactor) -> None:
    """Case, accents, spaces, form of Unicode and order make no difference."""
    forms = [
        "Anna Berg",
        "anna BERG",
        "Anna  \n Berg",
        "Anna\u00a0Berg",
        "Berg, Anna",
        "An\u00adna Berg",
        "Anna Be\u200brg",
        "Ａnna Berg",
        "Jose Angel Nunez",
        "Jose\u0301 A\u0301ngel Nu\u0301n\u0303ez",
        "NÚÑEZ, JOSÉ ÁNGEL",
        "Siobhan O\u2019Brien",
        "O'Brien, Siobhán",
        "van Beethoven, Ludwig",
        "J.R. Smith",
        "J R Smith",
        "zoe",
    ]
    sentences = ["Thanks to {}!", "{} signed.", "({})", "From: {}\nTo: ops", "for {}'s review"]
    assert_replaced(knowing, forms, "PERSON", sentences)


def test_what_is_not_the_whole_name_stays(knowing: Redactor) -> None:
    """Parts, longer words and other people are left alone."""
    texts = [
        "Annabelle B",
        "Anna and Berg",
        "Anna. Berg is a town",
        "Anna; Berg",
        "Anna, Berg",
        "Zoëlla",
        "Anna 5 Berg",
    ]
    assert_unchanged(knowing, texts)


def test_name_is_found_where_no_space_is_written(knowing: Redactor) -> None:
    """Chinese puts none, Korean adds particles."""
    assert knowing.redact("我和李雷在一起").text == "我和<PERSON>在一起"
    assert knowing.redact("김철수는 좋아요").text == "<PERSON>는 좋아요"


def test_name_is_a_person_found_by_the_list(knowing: Redactor) -> None:
    """The explanation says so."""
    (finding,) = knowing.explain("By Anna Berg.")
    assert (finding.entity, finding.recognizer, finding.start, finding.end) == ("PERSON", "names", 3, 12)


def test_names_are_not_looked_for_when_persons_are_not() -> None:
    """The choice of types counts for the list too."""
    redactor = Redactor(names=NAMES, without=["PERSON"])
    assert redactor.redact("Anna Berg").text == "Anna Berg"
    redactor.set_names(["Anna Berg"])
    assert redactor.redact("Anna Berg").text == "Anna Berg"


def test_empty_entries_find_nothing() -> None:
    """A blank line in the list is harmless."""
    assert not NameList(["", "  ", "-"])


def test_hundred_thousand_names_cost_no_more_than_few() -> None:
    """A text is looked up word by word: its cost does not grow with the list. A safety bound, not a benchmark."""
    dice = Random(3)
    many = {
        f"{''.join(dice.choices('abcdefghij', k=6))} {''.join(dice.choices('klmnopqrst', k=7))}" for _ in range(100_000)
    }
    began = time.process_time()
    names = NameList(many)
    assert time.process_time() - began < 20
    wanted = sorted(many)[500]
    text = f"The report for {wanted.upper()} is done. " * 100
    assert len(names.spans(text)) == 100
    assert shortest(lambda: names.spans(text), enough=1, clock=time.process_time) < 1
