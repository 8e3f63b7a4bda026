"""Whose event of the log is delivered next: pure."""

from __future__ import annotations

from autopost.broadcast.turns import Turns


def turns(**positions: list[int]) -> Turns:
    """Return what waits: agents and their positions."""
    waiting = Turns()
    for position, agent in sorted((position, agent) for agent, own in positions.items() for position in own):
        waiting.add(position, agent)
    return waiting


def served(waiting: Turns, size: int) -> list[list[int]]:
    """Return the batches in which everything is delivered."""
    batches = []
    while batch := waiting.next(size):
        waiting.remove(batch)
        batches.append(batch)
    return batches


def test_one_of_each_agent_before_the_second_of_any() -> None:
    """Each agent's in the order of the log."""
    waiting = turns(ada=[1, 2, 3, 4], bob=[5, 6], cleo=[7])
    assert waiting.next(100) == [1, 5, 7, 2, 6, 3, 4]
    assert len(waiting) == 7


def test_agents_have_their_turns_over_small_batches() -> None:
    """Whoever was served comes after all others."""
    assert served(turns(ada=[1, 2, 3, 4], bob=[5, 6], cleo=[7]), 2) == [[1, 5], [7, 2], [6, 3], [4]]
    assert served(turns(ada=[1, 2, 3], bob=[4, 5, 6]), 1) == [[1], [4], [2], [5], [3], [6]]


def test_failed_delivery_loses_its_turn_and_not_its_place() -> None:
    """Its agent's later events wait for it."""
    waiting = turns(ada=[1, 2], bob=[3], cleo=[4])
    assert waiting.next(2) == [1, 3]
    waiting.put_off([1])
    assert waiting.next(4) == [3, 4, 1, 2]


def test_only_what_is_done_is_removed() -> None:
    """Twice is once."""
    waiting = turns(ada=[1, 2], bob=[3])
    assert waiting.next(3) == [1, 3, 2]
    for _ in range(2):
        waiting.remove([3])
    assert waiting.next(3) == [1, 2]
    waiting.clear()
    assert (waiting.next(3), len(waiting)) == ([], 0)
