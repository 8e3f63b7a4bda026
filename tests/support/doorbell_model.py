"""The doorbell as a model small enough to try every order of events, and the explorer that tries them.

Hosts complete operations, workers fall asleep and wake, and things go wrong. A step is what nobody can come between:
a statement's snapshot, a lock that is tried, one part of a commit. What PostgreSQL is taken to do:

- A row can be seen before its transaction's locks are released. A NOTIFY is for those whose LISTEN is committed by
  then, and reaches them some time later.
- A lock that is tried without waiting is refused when anybody holds it in a mode that conflicts.
- A statement sees what could be seen when it began.
- A session that ends takes its lock, its LISTEN and what it has not heard yet with it.

Some steps happen by themselves, such as the end of a wait; others may never happen, such as a new transaction or a
mishap. A state in which nothing happens by itself, although a row waits and a worker lives, is a lost wake-up: only the
poll, which is left out, would find the row. A try for the lock that fails is no step, as it changes nothing.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Design:
    """What is explored, and how much of it. The defaults are the protocol as it is; a field may make it wrong."""

    hosts: int = 2
    transactions: int = 2  # of each host
    workers: int = 2
    mishaps: int = 1  # how often a worker dies or freezes, or its listening connection is cut

    looks_after_arming: bool = True
    looks_with_a_new_snapshot: bool = True
    listens_before_arming: bool = True
    disarms_before_claiming: bool = True
    clears_before_claiming: bool = True
    rings_itself_when_cut_off: bool = True
    host_keeps_its_lock: bool = True
    host_shows_its_row_first: bool = True  # and then releases its lock
    host_never_waits: bool = True
    looks_when_it_cannot_arm: bool = True
    wakes_the_next: bool = True  # when no notification woke it
    tries_again_when_taken: bool = True

    due: int = 0  # rows that become due later, which notifies nobody
    may_be_busy: bool = False  # for ever, with what it claimed
    freezes_while_it_looks: bool = False  # having armed
    hosts_may_idle: bool = False  # in a transaction, for ever
    wakeup: str = "doorbell"  # or notify
    switched_to: str = ""  # by a DBA, at any time


class Host(NamedTuple):
    """A session of the platform. `at`: idle, inserted, asked (for the lock) or committing."""

    at: str = "idle"
    left: int = 0
    wakeup: str = ""  # as the trigger read it
    rings: bool = False
    shared: bool = False  # holds the lock so


class Worker(NamedTuple):
    """A worker and its listening connection. `at`: its next step, what it awaits, or dead.

    It awaits something at linger, taken (another is armed), asleep and busy (with what it claimed).
    """

    at: str = "clear"
    connection: str = "none"  # open, listening, cut (which the worker does not know yet)
    alone: bool = False  # holds the lock so
    hears: bool = False  # a notification is on its way
    rung: bool = False  # one has arrived, or it woke itself
    notified: bool = False  # one has arrived
    frozen: bool = False
    saw: bool = False  # a row, in a snapshot that was taken before the lock
    believes: str = "doorbell"


class State(NamedTuple):
    """Everything at one moment."""

    hosts: tuple[Host, ...]
    workers: tuple[Worker, ...]
    waits: bool = False  # a committed row that nobody has claimed
    is_due: bool = False  # one that became due; sleepers know when
    due: int = 0  # rows that will
    mishaps: int = 0
    wakeup: str = "doorbell"
    disturbed: bool = False  # a host rang, although anyone who held the lock was at work

    def having(self, number: int, one: Host | Worker) -> State:
        """Return this state with another host or worker in its place."""
        if isinstance(one, Host):
            return State((*self.hosts[:number], one, *self.hosts[number + 1 :]), *self[1:])
        return State(self.hosts, (*self.workers[:number], one, *self.workers[number + 1 :]), *self[2:])

    def showing(self, host: Host) -> State:
        """Return this state with the host's row to be seen, and its notification on the way."""
        heard = tuple(w._replace(hears=True) if w.connection == "listening" else w for w in self.workers)
        return self._replace(waits=True, workers=heard if host.rings else self.workers)

    def notifying(self, number: int) -> State:
        """Return this state with a worker's notification on the way to the others."""
        return self._replace(
            workers=tuple(
                worker._replace(hears=True) if worker.connection == "listening" and other != number else worker
                for other, worker in enumerate(self.workers)
            )
        )

    @property
    def lock_is_free(self) -> bool:
        """Whether it can be taken alone."""
        return not any(host.shared for host in self.hosts) and not any(worker.alone for worker in self.workers)


class Step(NamedTuple):
    """Something that can happen next; `by_itself`: it will, if nothing else does."""

    who: str
    what: str
    after: State
    by_itself: bool = True


def steps(design: Design, state: State) -> Iterator[Step]:
    """Yield all that can happen in a state."""
    for number, host in enumerate(state.hosts):
        for what, after, by_itself in _host(design, state, number, host):
            yield Step(f"host {number + 1}", what, after, by_itself)
    for number, worker in enumerate(state.workers):
        who = f"worker {number + 1}"
        if worker.frozen:
            yield Step(who, "thaws", state.having(number, worker._replace(frozen=False)), by_itself=False)
        elif worker.at != "dead":
            is_taken = any(other.alone for other in state.workers)
            for what, changed in _worker(
                design, worker, state.waits, state.is_due, state.lock_is_free, is_taken, state.wakeup
            ):
                after = state.having(number, changed)
                if what.startswith("claims what waits"):
                    after = after._replace(waits=False, is_due=False)
                if what in UNNOTIFIED and design.wakes_the_next:
                    after = after.notifying(number)
                yield Step(who, what, after, by_itself=what not in MAYBE)
        if state.mishaps and worker.at != "dead":
            for what, changed in _mishaps(design, worker):
                after = state.having(number, changed)._replace(mishaps=state.mishaps - 1)
                yield Step(who, what, after, by_itself=False)
    if state.due:
        yield Step("time", "lets a row become due", state._replace(waits=True, is_due=True, due=state.due - 1), False)
    if design.switched_to and state.wakeup != design.switched_to:
        yield Step("a DBA", f"sets wakeup to {design.switched_to}", state._replace(wakeup=design.switched_to), False)


def _host(design: Design, state: State, number: int, host: Host) -> Iterator[tuple[str, State, bool]]:
    """The trigger and what follows. Nobody can tell whether it inserts or asks for the lock first."""
    row_first, held = design.host_shows_its_row_first, any(worker.alone for worker in state.workers)
    shows, releases = "commits: its row can be seen", "commits: its locks are released"
    ended = Host(left=host.left - 1)
    if host.at == "idle" and host.left:
        yield "inserts a row", state.having(number, host._replace(at="inserted", wakeup=state.wakeup)), False
    elif host.at == "inserted" and host.wakeup == "notify":
        yield "will ring", state.having(number, host._replace(at="asked", rings=True)), True
    elif host.at == "inserted" and not held:
        asked = host._replace(at="asked", shared=design.host_keeps_its_lock)
        yield "gets the lock, shared: it will not ring", state.having(number, asked), True
    elif host.at == "inserted" and design.host_never_waits:
        asked = host._replace(at="asked", rings=True)
        disturbed = any(worker.alone and worker.at in {"clear", "claim"} for worker in state.workers)
        yield "is refused the lock: it will ring", state.having(number, asked)._replace(disturbed=disturbed), True
    elif host.at == "asked":
        half = state.having(number, host._replace(at="committing", shared=host.shared and row_first))
        yield "rolls back", state.having(number, ended), False
        yield shows if row_first else releases, half.showing(host) if row_first else half, not design.hosts_may_idle
    elif host.at == "committing":
        whole = state.having(number, ended)
        yield releases if row_first else shows, whole if row_first else whole.showing(host), True


UNNOTIFIED = ("wakes, as a row is due, and disarms", "wakes by itself and disarms", "disarms")
MAYBE = ("claims what waits and is busy with it", "is no longer busy")


@cache
def _worker(
    design: Design, worker: Worker, waits: bool, is_due: bool, free: bool, is_taken: bool, wakeup: str
) -> tuple[tuple[str, Worker], ...]:
    """What a worker does, given what it can know: whether a row waits or became due, and who has the lock."""
    return (*_loop(design, worker, waits, is_due, free, is_taken), *_connection(design, worker, wakeup))


def _loop(
    design: Design, worker: Worker, waits: bool, is_due: bool, free: bool, is_taken: bool
) -> Iterator[tuple[str, Worker]]:
    """What a worker does with its rows: `Worker._claim` and `Doorbell.sleep`."""
    connected, clears = worker.connection in {"open", "listening"}, design.clears_before_claiming
    sleep = "asleep" if worker.believes == "notify" else "linger"
    woken = worker._replace(at="clear", alone=worker.alone and not design.disarms_before_claiming)
    if worker.at == "clear":
        rung, notified = worker.rung and not clears, worker.notified and not clears
        yield "begins to claim", worker._replace(at="claim", rung=rung, notified=notified)
    elif worker.at == "claim":
        after = worker._replace(alone=False)  # a wrong design held it until now
        if waits:
            yield "claims what waits", after._replace(at="clear")
            if design.may_be_busy:
                yield MAYBE[0], after._replace(at="busy")
        else:
            yield "finds nothing", after._replace(at=sleep if clears else "clear late")
    elif worker.at == "clear late":
        yield "forgets earlier rings", worker._replace(at=sleep, rung=False, notified=False)
    elif worker.at == "linger":
        if worker.rung:
            yield "need not sleep", worker._replace(at="clear")
        if connected and free and not design.looks_with_a_new_snapshot:
            yield "takes the snapshot of its look", worker._replace(at="arm", saw=waits)
        elif connected and free:
            yield "arms", worker._replace(at="look" if design.looks_after_arming else "asleep", alone=True)
        if is_taken and not design.tries_again_when_taken:
            yield "finds that another is armed", worker._replace(at="taken")
        elif design.looks_when_it_cannot_arm and connected and waits and not free:
            yield "cannot arm, but looks and sees a row", woken
    elif worker.at == "taken" and worker.rung:
        yield "is notified", woken
    elif worker.at == "busy":
        yield MAYBE[1], worker._replace(at="clear")
    elif worker.at == "arm":
        armed = connected and free
        yield "arms" if armed else "cannot arm", worker._replace(at="look" if armed else "linger", alone=armed)
    elif worker.at == "look":
        sees = connected and (waits if design.looks_with_a_new_snapshot else worker.saw)
        after = worker._replace(at="disarm" if sees else "asleep" if design.listens_before_arming else "listen")
        yield "sees a row" if sees else "sees nothing", after._replace(saw=False)
    elif worker.at == "listen":
        listens = "listening" if worker.connection == "open" else worker.connection
        yield "falls asleep", worker._replace(at="asleep", connection=listens)
    elif worker.at == "asleep" and worker.rung:
        is_notified = worker.notified or not design.may_be_busy  # where it does not matter, it is not tracked
        yield "wakes and disarms" if is_notified else UNNOTIFIED[1], woken
    elif worker.at == "asleep" and worker.alone and is_due:
        yield UNNOTIFIED[0], woken
    elif worker.at == "disarm":
        yield "disarms", woken


def _connection(design: Design, worker: Worker, wakeup: str) -> Iterator[tuple[str, Worker]]:
    """What the listening connection does meanwhile: `Doorbell.run`."""
    rung = worker.rung or design.rings_itself_when_cut_off
    if worker.hears:
        yield "hears the bell", worker._replace(hears=False, rung=True, notified=design.may_be_busy)
    if worker.connection == "none":
        connection = "listening" if design.listens_before_arming else "open"
        yield "connects", worker._replace(connection=connection, rung=rung)
    elif worker.connection == "cut":
        yield "notices that it is cut off", worker._replace(connection="none", rung=rung)
    elif worker.believes != wakeup:
        yield f"learns that wakeup is {wakeup}", worker._replace(believes=wakeup)


@cache
def _mishaps(design: Design, worker: Worker) -> tuple[tuple[str, Worker], ...]:
    mishaps = [("dies", Worker("dead"))]
    looks = worker.alone and worker.at in {"look", "disarm"}
    if not worker.frozen and (design.freezes_while_it_looks or not looks):
        mishaps.append(("freezes", worker._replace(frozen=True)))
    if worker.connection in {"open", "listening"}:
        mishaps.append(("is cut off", worker._replace(connection="cut", alone=False, hears=False)))
    return tuple(mishaps)


class Exploration(NamedTuple):
    """How many states there are, and what is wrong, if anything; `trace` is a shortest way there.

    States that differ only in who is host 1 or worker 1 count as one.
    """

    states: int
    problem: str = ""
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (f"{number:3} {line}" for number, line in enumerate(self.trace, 1))
        return "\n".join((f"{self.states:,} states: {self.problem or 'nothing is wrong'}", *lines))


def explore(design: Design) -> Exploration:
    """Try all that can happen, breadth first, until something is wrong or everything has been tried."""
    gc.disable()  # among hundreds of thousands of states it looks for cycles that there are not
    try:
        return _explore(design)
    finally:
        gc.enable()


def _explore(design: Design) -> Exploration:
    hosts, workers = (Host(left=design.transactions),) * design.hosts, (Worker(),) * design.workers
    first = State(hosts, workers, due=design.due, mishaps=design.mishaps, wakeup=design.wakeup)
    numbers = {_alike(first): 0}
    came_by: list[tuple[int, str]] = [(0, "")]  # for each state the number of the one before, and the step
    driven: dict[int, list[int]] = {}
    to_try = deque([first])
    while to_try:
        state = to_try.popleft()
        number, possible = len(driven), list(steps(design, state))
        problem = _problem(state, possible)
        if problem:
            return Exploration(len(numbers), problem, _trace(came_by, number))
        driven[number] = []
        for step in possible:
            next_number = numbers.setdefault(_alike(step.after), len(numbers))
            if next_number == len(came_by):
                came_by.append((number, f"{step.who} {step.what}"))
                to_try.append(step.after)
            if step.by_itself:
                driven[number].append(next_number)
    try:
        TopologicalSorter(driven).prepare()
    except CycleError:
        return Exploration(len(numbers), "what happens by itself goes round in circles")
    return Exploration(len(numbers))


def _problem(state: State, possible: list[Step]) -> str:
    for number, host in enumerate(state.hosts, 1):
        if host.at != "idle" and not any(step.who == f"host {number}" for step in possible):
            return "a host cannot go on"
    if state.disturbed:
        return "a host rings although nobody sleeps"
    awake = any(worker.at not in ("dead", "busy") and not worker.frozen for worker in state.workers)
    if state.waits and awake and not any(step.by_itself for step in possible):
        return "a row waits and nobody will wake"
    return ""


def _alike(state: State) -> State:
    return State(tuple(sorted(state.hosts)), tuple(sorted(state.workers)), *state[2:])


def _trace(came_by: list[tuple[int, str]], number: int) -> tuple[str, ...]:
    lines: list[str] = []
    while number:
        number, line = came_by[number]
        lines.append(line)
    return tuple(reversed(lines))
