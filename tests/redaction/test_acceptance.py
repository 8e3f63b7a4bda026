"""Floors on labelled sets, those of independent authors among them. No failing text is shown."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.redaction.acceptance import Score, score

from autopost.redaction.redactor import Redactor
from tests.data.redaction import labelled
from tests.data.redaction.labelled import STRUCTURED, Labelled, labelled_sets

FLOORS = {"full name": 0.65, "street address": 0.9}
OTHERS_FLOOR = 0.95
CLEAN_CHANGED = 0.005

SETS = labelled_sets()


@pytest.fixture(scope="module", params=SETS, ids=str)
def result(request: pytest.FixtureRequest) -> tuple[str, Score]:
    """Score a set."""
    redactor = Redactor()
    return request.param, score(lambda text: [(f.start, f.end) for f in redactor.explain(text)], SETS[request.param])


def test_values_are_found(result: tuple[str, Score]) -> None:
    """Names and addresses without a model, and all other classes together."""
    name, scored = result
    low = {kind: scored.share(kind) for kind, floor in FLOORS.items() if scored.share(kind) < floor}
    others = [kind for kind in scored.values if kind not in FLOORS and (kind in STRUCTURED or not kind.isupper())]
    assert low == {}, name
    assert not others or scored.share(*others) >= OTHERS_FLOOR, name


def test_clean_texts_stay(result: tuple[str, Score]) -> None:
    """One in two hundred is changed, at most; texts that aim at the rules only count in the report."""
    name, scored = result
    assert name.startswith("aimed") or scored.changed <= CLEAN_CHANGED * scored.clean + 1, name


def test_both_formats_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value counts wherever it occurs, or where it is said to; a label that is not in its text is an error."""
    (tmp_path / "one.jsonl").write_text(
        '{"text": "Ann, Ann", "values": [{"value": "Ann", "class": "n"}]}\n\n'
        '{"text": "Ann, Ann", "values": [{"value": "Ann", "class": "n", "start": 5}]}\n{"text": "clean", "values": []}\n'
    )
    (tmp_path / "two.json").write_text(
        '[{"full_text": "Ann", "spans": [{"entity_type": "PERSON", "start_position": 0, "end_position": 3}]}]'
    )
    monkeypatch.setattr(labelled, "INDEPENDENT", tmp_path)
    sets = labelled_sets()
    assert sets["one"] == [
        Labelled("Ann, Ann", ((0, 3, "n"), (5, 8, "n"))),
        Labelled("Ann, Ann", ((5, 8, "n"),)),
        Labelled("clean", ()),
    ]
    assert sets["two"] == [Labelled("Ann", ((0, 3, "PERSON"),))]
    scored = score(lambda text: [(0, 3)], sets["one"])
    assert (dict(scored.found), dict(scored.values), scored.changed, scored.clean) == ({"n": 1}, {"n": 3}, 1, 1)
    (tmp_path / "three.jsonl").write_text('{"text": "a", "values": [{"value": "b", "class": "n"}]}')
    with pytest.raises(ValueError, match=r"three.jsonl, line 1: a value is not in its text"):
        labelled_sets()
