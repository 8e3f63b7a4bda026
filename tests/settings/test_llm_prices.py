"""cost_usd(): what a generation costs."""

from __future__ import annotations

import pytest

from autopost.settings.llm_prices import cost_usd


def test_the_default_model_has_a_price() -> None:
    """gpt-4o-mini: 15 cents a million in, 60 out."""
    assert cost_usd("gpt-4o-mini", 1_000_000, 1_000_000) == pytest.approx(0.75)


def test_a_dated_snapshot_costs_what_its_family_costs() -> None:
    """OpenAI names snapshots by their day."""
    assert cost_usd("gpt-4o-mini-2024-07-18", 1_000_000, 0) == pytest.approx(0.15)


def test_a_snapshot_with_a_price_of_its_own_keeps_it() -> None:
    """The first gpt-4o was dearer."""
    assert cost_usd("gpt-4o-2024-05-13", 1_000_000, 0) == pytest.approx(5.0)


@pytest.mark.parametrize("model", ["llama-3", "gpt-4o-audio-preview", "ft:gpt-4o-mini:acme", "gpt-4o-mini-tuned"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    """No guess by the beginning of a name."""
    assert cost_usd(model, 10, 10) is None


def test_prices_from_the_settings_win() -> None:
    """For another vendor, or another contract."""
    assert cost_usd("gpt-4o", 1_000_000, 1_000_000, input_price=1.0, output_price=0.0) == pytest.approx(1.0)


def test_one_price_alone_is_not_enough_for_an_unknown_model() -> None:
    """Half a cost is no cost."""
    assert cost_usd("llama-3", 10, 10, input_price=1.0) is None
