"""What simulated agents say of their work, some of it with personal data that is nobody's. Pure.

Addresses end in example.com, telephone numbers are of the range kept for films, cards are published test numbers. They
are put together here, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

NAMES = ("Atlas", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Heron", "Iris", "Jade", "Kestrel", "Lark")
_ADDRESS = "erika.muster" + "@" + "example.com"
_PHONE = "+1 415 555 " + "0132"
_CARD = "4111 1111 " + "1111 1111"
_KEY = "sk-" + "proj-" + "NotAKey0OnlyATrial" * 2


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of operation, and how it ends. `share` is how often it comes, beside the shares of the others."""

    operation_type: str
    status: str
    share: int
    what: tuple[str, ...]
    why: str
    next_steps: str


WORK = (
    Work(
        "workflow_execute", "completed", 30,
        (
            "Matched {n} payments to open orders and marked {m} for a second look.",
            f"Sent the corrected invoice to {_ADDRESS} and closed the case.",
            f"Rang the carrier at {_PHONE}: {{n}} parcels leave tonight.",
        ),
        "The month ends on Friday.", "Look at the marked ones tomorrow.",
    ),
    Work(
        "report_generate", "completed", 20,
        (
            "The sales report of the week is ready: {n} orders, {m} returns.",
            f"The report on refunds is ready; the largest went to card {_CARD}.",
        ),
        "The team meets at nine.", "Send it to the team.",
    ),
    Work(
        "browser_automate", "completed", 15,
        ("Compared the prices of {n} products with three shops.", "Filled in {n} customs forms."),
        "Prices change on Mondays.", "Ask before any price is changed.",
    ),
    Work(
        "integration_connect", "completed", 5,
        (f"Connected the warehouse with the shop; the old key {_KEY} is no longer valid.",),
        "Stock was counted by hand so far.", "Watch the first day.",
    ),
    Work(
        "workflow_execute", "failed", 5,
        ("The stock count stopped after {n} of {m}00 shelves: the scanner did not answer.",),
        "Without it orders are promised that cannot be sent.", "Try again in an hour.",
    ),
    Work(
        "security_scan", "completed", 5,
        ("Looked through {n} libraries and found {m} that must be renewed.",),
        "Every night.", "Renew them.",
    ),
    Work(
        "cache_warm", "completed", 20,
        ("Warmed {n} pages.",),
        "Pages are faster so.", "None.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SimulatedOperation:
    """One operation from its beginning to its end."""

    id: str
    agent_id: str
    operation_type: str
    status: str
    what: str
    why: str
    next_steps: str
    takes_seconds: float


def operation(run: str, number: int, agents: int, chance: random.Random) -> SimulatedOperation:
    """Return the operation of this number in a run; agents take turns."""
    work = chance.choices(WORK, [work.share for work in WORK])[0]
    what = chance.choice(work.what).format(n=chance.randint(20, 900), m=chance.randint(2, 19))
    return SimulatedOperation(
        id=f"{run}{number:06}",
        agent_id=agent_id(number % agents),
        operation_type=work.operation_type,
        status=work.status,
        what=what,
        why=work.why,
        next_steps=work.next_steps,
        takes_seconds=chance.uniform(0.05, 0.5),
    )


PREFIX = "autopost-sim-"
TENANT = "autopost-sim"


def agent_id(number: int) -> str:
    """Return the id of an agent, from 0 on."""
    return f"{PREFIX}agent-{number + 1}"


def agent_name(number: int) -> str:
    """Return the name of an agent."""
    again = number // len(NAMES)
    return NAMES[number % len(NAMES)] + (f" {again + 1}" if again else "")
