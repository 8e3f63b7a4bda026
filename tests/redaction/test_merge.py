"""How findings that overlap become one."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from autopost.redaction.merge import Finding, merge, outside
from autopost.redaction.redactor import Redactor


def test_higher_score_decides_the_type() -> None:
    """The span is that of both."""
    assert merge([Finding("A", 0, 9, 0.5), Finding("B", 5, 12, 0.9)]) == [Finding("B", 0, 12, 0.9)]


def test_longer_finding_decides_between_equal_scores() -> None:
    """The whole says more than a part."""
    assert merge([Finding("A", 3, 5, 0.9), Finding("B", 0, 9, 0.9)]) == [Finding("B", 0, 9, 0.9)]


def test_neighbours_that_only_touch_stay_apart() -> None:
    """Two placeholders side by side."""
    assert len(merge([Finding("A", 0, 4, 0.9), Finding("A", 4, 8, 0.9)])) == 2


_FINDINGS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 20), st.integers(1, 9), st.sampled_from([0.5, 0.9])).map(
        lambda f: Finding(f[0], f[1], f[1] + f[2], f[3])
    )
)


@given(_FINDINGS, st.randoms())
def test_merge_does_not_depend_on_the_order(findings: list[Finding], dice: Random) -> None:
    """The same findings give the same placeholders."""
    shuffled = sorted(findings, key=lambda _: dice.random())
    assert merge(shuffled) == merge(findings)


@given(_FINDINGS)
def test_merged_findings_are_apart_and_cover_the_same(findings: list[Finding]) -> None:
    """No character of a finding is lost, none is covered twice."""
    merged = merge(findings)
    covered = [i for f in merged for i in range(f.start, f.end)]
    assert covered == sorted(set(covered))
    assert set(covered) == {i for f in findings for i in range(f.start, f.end)}


def test_protected_span_is_cut_out() -> None:
    """What is left on both sides is still a finding."""
    pieces = outside(Finding("A", 0, 10, 0.9), [(3, 5)])
    assert [(piece.start, piece.end) for piece in pieces] == [(0, 3), (5, 10)]


def test_token_behind_its_word_is_one_placeholder(redactor: Redactor) -> None:
    """The vendor's type wins over the general one."""
    redaction = redactor.redact("token: ghp_" + "a1B2" * 9)
    assert redaction.text == "token: <GITHUB_TOKEN>"
    assert redaction.counts == {"GITHUB_TOKEN": 1}
