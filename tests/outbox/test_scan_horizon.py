"""When a look into the outbox is at everything."""

from __future__ import annotations

from autopost.outbox.scan_horizon import ScanHorizon


def test_first_look_is_at_everything() -> None:
    """Nobody knows what waits."""
    assert ScanHorizon().is_full_scan(0.0)


def test_cheap_look_is_repeated_at_once_and_dear_one_seldom() -> None:
    """At most a twentieth of the time goes into it."""
    reach = ScanHorizon()
    reach.full_scan_took(10.0, 10.001)
    assert reach.is_full_scan(10.022)
    reach.full_scan_took(20.0, 20.2)
    assert not reach.is_full_scan(24.1)
    assert abs(reach.seconds_left(24.1) - 0.1) < 1e-6
    assert reach.is_full_scan(24.2)
    assert reach.seconds_left(30.0) == 0


def test_backlog_is_looked_at_as_a_whole() -> None:
    """What a full batch left behind may be of any age."""
    reach = ScanHorizon()
    reach.full_scan_took(10.0, 20.0)
    reach.backlog_remains()
    assert reach.is_full_scan(20.0)
