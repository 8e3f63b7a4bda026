"""Whether a target refuses a post, or the webhook. Pure.

A target that takes other posts refuses the post. A target that refuses one post after the other refuses the webhook:
its address is wrong, its channel is archived. Then no post is dead: all of them are sent when the webhook is repaired.
"""

from __future__ import annotations

from collections.abc import Callable

from autopost.broadcast.lease import WebhookDeadLetter

MAX_IN_A_ROW = 3
NEW_POSTS_PER_ATTEMPT = 2  # that are tried beside one that was refused before
MAX_HELD = 1_000


class Refusals:
    """The posts that a target has refused since it last took one, in order. They are held: neither sent nor dead."""

    def __init__(self) -> None:
        self.held: list[WebhookDeadLetter] = []
        self._in_a_row = 0
        self._limit = MAX_IN_A_ROW
        self._takes = False  # whether the last post was taken

    def taken(self, agent_id: str | None) -> tuple[list[WebhookDeadLetter], bool]:
        """Note that the target took a post of an agent that it had not refused before.

        Returns those that are dead by that, and whether others must be sent again. What was refused just before is
        dead. After a pause only the agent's own posts are: the webhook was repaired meanwhile, and they would be late.
        """
        dead = [letter for letter in self.held if not self.is_of_webhook or letter.event.agent_id == agent_id]
        has_more = len(dead) < len(self.held)
        self.forget()
        self._takes = True
        return dead, has_more

    def is_dead(self, letter: WebhookDeadLetter) -> bool:
        """Note that the target refused a post; return whether it is dead at once, and hold it if not.

        The first refusal after a success is taken to be about the post.
        """
        is_dead, self._takes = self._takes, False
        self._in_a_row += 1
        if not is_dead:
            self.held.append(letter)
        return is_dead

    def webhook_refused(self) -> None:
        """Note an answer that would be the same for any post, such as 404."""
        self._takes = False
        self._in_a_row += 1

    def begin(self) -> None:
        """Begin an attempt to find out what is refused: it tries a few posts that were not tried before."""
        self._limit = max(MAX_IN_A_ROW, len(self.held) + NEW_POSTS_PER_ATTEMPT)

    @property
    def is_enough(self) -> bool:
        """Return whether this attempt has tried enough posts."""
        return len(self.held) >= min(self._limit, MAX_HELD)

    @property
    def is_of_webhook(self) -> bool:
        """Return whether enough posts in a row were refused to count as a refusal of the webhook."""
        return self._in_a_row >= MAX_IN_A_ROW

    def give_up(self, is_too_old: Callable[[WebhookDeadLetter], bool]) -> list[WebhookDeadLetter]:
        """Return those that are too old to be held, and hold them no longer."""
        dead = [letter for letter in self.held if is_too_old(letter)]
        self.held = [letter for letter in self.held if letter not in dead]
        return dead

    def forget(self) -> None:
        """Hold nothing."""
        self.held = []
        self._in_a_row = 0
        self._limit = MAX_IN_A_ROW
