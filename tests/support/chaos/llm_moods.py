"""An LLM server with moods: fast and well, or hanging, overloaded, broken, babbling, breaking off."""

from __future__ import annotations

import random

from tests.support.llm_server import Exchange, LlmServer, Reply, after, hangs, hangs_up, says, sends, status

WELL: list[Reply] = [after(0.02, says("Wrapped up another piece of work, so nobody has to wait 🎉"))]
MOODS: dict[str, list[Reply]] = {
    "hangs": [hangs()],
    "429": [status(429, {"retry-after": "0.1"}), status(429)],
    "5xx": [status(500), status(503), status(502)],
    "garbage": [sends(b"<html>busy</html>", content_type="text/html"), sends(b"{"), says(None), says("x" * 5_000)],
    "resets": [hangs_up()],
    "everything": [hangs(), status(429), status(500), sends(b"\x00"), hangs_up(), *WELL * 3],
}


class MoodyLlm:
    """Answers by its mood, which may change at any moment."""

    def __init__(self, server: LlmServer, dice: random.Random) -> None:
        self._server = server
        self._dice = dice
        self._replies = WELL
        self.base_url = server.base_url
        server.will(self._reply)

    def become(self, mood: str | None) -> None:
        """Be in a mood; None: well."""
        self._replies = MOODS[mood] if mood else WELL
        self._server.will(self._reply)  # which also forgets the requests so far

    def _reply(self, exchange: Exchange) -> None:
        self._dice.choice(self._replies)(exchange)
