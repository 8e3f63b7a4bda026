"""Whether a worker does its work, as its parts tell it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from autopost import metrics


@dataclass(slots=True)
class Health:
    """The state of a worker; its parts change it, whoever asks reads it.

    A worker is ready while the database answers it and it is not stopping. Without a listening connection it polls, and
    with an open breaker it writes from templates: both are told, and neither makes it unready.
    """

    database: bool = False
    listening: bool = False
    stopping: bool = False
    llm: str = "off"
    held: int = 0

    @property
    def ready(self) -> bool:
        """Tell whether work goes on."""
        return self.database and not self.stopping

    def report(self) -> dict[str, object]:
        """Return everything, for a machine to read."""
        return {"ready": self.ready, **asdict(self)}

    def database_answered(self) -> None:
        """Note that a statement succeeded."""
        self.database = True

    def database_failed(self, during: str, error: BaseException) -> None:
        """Note that a statement failed, and count it."""
        self.database = False
        metrics.count_database_error(during, error)

    def hold(self, rows: int) -> None:
        """Note how many rows are held."""
        self.held = rows
        metrics.HELD_ROWS.set(rows)

    def listens(self, listening: bool) -> None:
        """Note whether the doorbell's connection listens."""
        self.listening = listening
        metrics.LISTENING.set(listening)
