"""cut(): at most so many characters, whole graphemes, an ellipsis."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from autopost.writing.length import cut

FAMILY = "👨‍👩‍👧‍👦"
ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from(["\u0301", "\u200d", "👩", "👍", "🏽", "🇩", "🇪", " ", "<", ">"]))
)


def test_a_short_text_is_left_alone() -> None:
    """Exactly 280 characters need no cut."""
    text = "a" * 280
    assert cut(text) == text


def test_a_long_text_ends_in_an_ellipsis_within_280() -> None:
    """One character too many is shortened and says so."""
    shortened = cut("a" * 281)
    assert len(shortened) == 280
    assert shortened.endswith("…")


def test_the_cut_falls_at_a_word_boundary_when_one_is_near() -> None:
    """No half word when the word is short."""
    assert cut("one two three four", 12) == "one two…"


def test_a_word_that_just_fits_stays() -> None:
    """The boundary may be right where the room ends."""
    assert cut("one two three", 8) == "one two…"


def test_a_very_long_word_is_cut_within() -> None:
    """A word boundary far back is not worth losing the rest."""
    assert cut("see " + "x" * 400, 280) == "see " + "x" * 275 + "…"


def test_no_space_or_joint_is_left_before_the_ellipsis() -> None:
    """The end reads well."""
    assert cut("finished - and " + "x" * 20, 12) == "finished…"


@pytest.mark.parametrize("cluster", [FAMILY, "👍🏽", "🇩🇪", "e\u0301\u0323", "1️⃣", "क्षि"])
def test_a_grapheme_is_kept_or_dropped_whole(cluster: str) -> None:
    """Wherever the limit falls, no half emoji and no letter without its accents."""
    text = cluster * 40
    for limit in range(2, 40):
        kept = cut(text, limit).removesuffix("…")
        assert kept == cluster * (len(kept) // len(cluster))


def test_a_grapheme_longer_than_the_limit_leaves_only_the_ellipsis() -> None:
    """A letter with 500 accents cannot be shown in part."""
    assert cut("a" + "\u0301" * 500) == "…"


def test_a_limit_below_one_is_an_error() -> None:
    """No text has fewer characters than the ellipsis."""
    with pytest.raises(ValueError, match="limit"):
        cut("text", 0)


@given(ANY_TEXT, st.integers(1, 60))
def test_any_text_comes_back_within_the_limit_as_whole_graphemes(text: str, limit: int) -> None:
    """What is kept is a prefix of the text's grapheme clusters."""
    shortened = cut(text, limit)
    assert len(shortened) <= limit
    if shortened == text:
        return
    assert shortened.endswith("…")
    kept = shortened.removesuffix("…")
    prefixes = {""}
    for cluster in regex.finditer(r"\X", text):
        prefixes.add(text[: cluster.end()])
    assert kept in prefixes
