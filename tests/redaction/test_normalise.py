"""The plain form of a text and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autopost.redaction.normalise import normalise, without_surrogates
from autopost.redaction.redactor import Redactor
from tests.support.cases import assert_results


def test_plain_form() -> None:
    """Compatibility forms, digits, hyphens and quotes become ASCII; invisible characters go."""
    forms = [
        ("１２３", "123"),
        ("a\u200bb\u200dc\ufeff", "abc"),
        ("so\u00adft", "soft"),
        ("4111\u00a01111", "4111 1111"),
        ("a\u2011b\u2013c", "a-b-c"),
        ("“x”", '"x"'),
        ("ﬁn", "fin"),
        ("٣٤", "34"),
        ("ｂ＠ｅ．ｃ", "b@e.c"),
        ("née", "née"),
        ("ne\u0301e", "née"),
        ("415\u0300-555", "415-555"),
        ("s\u0332k\u0332", "sk"),
        ("4\ufe0f\u20e31\ufe0f\u20e3", "41"),
    ]
    assert_results(lambda text: normalise(text).text, forms)


def test_ascii_is_returned_as_it_is() -> None:
    """There is no map where none is needed."""
    assert normalise("plain").starts is None


@given(st.text(alphabet="ab1 é“–\u00a0９日ﬁ\u0301"))
def test_form_without_a_map_is_that_with_one(text: str) -> None:
    """A text whose characters are replaced one by one needs no map. An invisible character makes that there is one."""
    short, long = normalise(text), normalise(f"{text}\u200b")
    assert long.starts is not None
    assert short.text == long.text
    for place in range(len(short.text)):
        assert short.original_span(place, place + 1) == long.original_span(place, place + 1)


@given(st.text())
def test_spans_lead_back_into_the_original(text: str) -> None:
    """Every character of the plain form comes from a part of the original, in order."""
    plain = normalise(text)
    if plain.starts is not None and plain.ends is not None:
        assert len(plain.starts) == len(plain.ends) == len(plain.text)
        assert plain.starts == sorted(plain.starts)
        assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "Mail an\u200bna@exam\u00adple.com now",
        "Mail ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ now",
        "Mail anna\u2060@example.com now",
    ],
)
def test_disguised_address_is_replaced_whole(redactor: Redactor, text: str) -> None:
    """The replacement covers the invisible characters inside."""
    assert redactor.redact(text).text == "Mail <EMAIL_ADDRESS> now"


@given(st.text(alphabet=st.characters(categories=["Cs", "Lu", "So"])))
def test_text_without_surrogates_can_be_encoded(text: str) -> None:
    """What is left is UTF-8, of the same length."""
    clean = without_surrogates(text)
    clean.encode()
    assert len(clean) == len(text)
