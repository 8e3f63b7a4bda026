"""Operations, and answers about them that are labelled good or hostile. independent/README.md says how files look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autopost.model import Agent, Operation

HERE = Path(__file__).parent
DEVELOPMENT, INDEPENDENT = "development", "independent"
# By the people who changed the guard: examples of every class, and of posts that it once rejected.
CLASSES = "classes"
# By another independent author: new to the guard at first, and then opened to improve it.
OPENED = "opened"
# By a third author, opened likewise.
OPENED_2 = "opened_2"
# By a fourth author. Operations with an even number stay unread: they show what the guard does with new texts.
OPENED_3 = "opened_3"
# By a sixth and a seventh author, who tell invented causes, blame people, give advice and exaggerate. Opened likewise.
OPENED_4, OPENED_5 = "opened_4", "opened_5"
# By a fifth and an eighth author: nobody changes the guard for them.
UNSEEN, UNSEEN_2 = "unseen", "unseen_2"
SETS = (DEVELOPMENT, INDEPENDENT)


@dataclass(frozen=True, slots=True)
class Work:
    """An operation, its agent, and the language of its texts."""

    operation: Operation
    agent: Agent
    language: str


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """What a model said about an operation. `salvageable`: a true post remains when its wrapping is removed."""

    work: Work
    text: str
    is_good: bool
    kind: str
    salvageable: bool


def works(name: str) -> list[Work]:
    """Return the operations of a set."""
    return list(_works(name).values())


def labelled_answers(name: str) -> list[LabelledAnswer]:
    """Return the answers of a set. Raises KeyError for one about an operation that is not in it."""
    about = _works(name)
    return [
        LabelledAnswer(
            work=about[record["operation"]],
            text=_joined(record["text"]),
            is_good=record["kind"] == "good",
            kind=record["class"],
            salvageable=bool(record.get("salvageable")),
        )
        for record in _records(name, "answers")
    ]


def _works(name: str) -> dict[str, Work]:
    return {
        record["id"]: Work(
            Operation(
                tracker_id=record["id"],
                operation_type=record["operation_type"],
                status=record["status"],
                agent_id=record["agent"],
                what_explanation=_joined(record["what_explanation"]),
                why_explanation=_joined(record["why_explanation"]),
                next_steps=_joined(record["next_steps"]),
            ),
            Agent(id=record["agent"], name=record["agent"], maturity=record["maturity"]),
            record["lang"],
        )
        for record in _records(name, "operations")
    }


def _records(name: str, part: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / name / f"{part}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def _joined(text: Any) -> Any:
    """Join a text that may be in pieces, so that no scanner takes a value in it for a secret."""
    return "".join(text) if isinstance(text, list) else text
