"""Planted data: an operation of every kind of personal data and secrets, in every field that a platform can fill.

The values are those of the development part of the evaluation's set, made at run time from seeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autopost.redaction.normalise import normalise
from tests.data.redaction.parts import DEVELOPMENT
from tests.data.redaction.sample import Sample
from tests.support.host import Host

FIELDS = ("operation_type", "what_explanation", "why_explanation", "next_steps", "metadata", "name", "status", "answer")
PEOPLE = ("Ottilie Bramwell-Quist", "Zebulon Okonkwo")  # nobody's names
OWN_PATTERN = "[patterns]\nstaff-badge = 'BDG-[0-9]{7}'\n"
_LONG_PART = re.compile(r"[A-Za-z0-9+/_-]{12,}")


@dataclass(frozen=True, slots=True)
class Plant:
    """A text for each field of an operation, and what of these texts may be nowhere else."""

    kind: str
    texts: dict[str, str]
    needles: frozenset[str]


def plants() -> list[Plant]:
    """Return one for each kind of the set, and one for a name of the list and for a pattern of the user's own."""
    found = [
        _plant(kind, DEVELOPMENT.planted(group, kind, len(FIELDS)))
        for group in DEVELOPMENT.groups
        for kind in group.makers
    ]
    for kind, values in (("name", PEOPLE), ("own pattern", ("BDG-4711023", "BDG-0815099"))):
        sentences = [f"Handed it to {values[number % 2]}, who knows." for number in range(len(FIELDS))]
        found.append(Plant(kind, dict(zip(FIELDS, sentences, strict=True)), frozenset(values)))
    return found


def _plant(kind: str, samples: list[Sample]) -> Plant:
    values = [sample.text[start:end] for sample in samples for start, end in sample.planted]
    return Plant(
        kind,
        dict(zip(FIELDS, (sample.text for sample in samples), strict=True)),
        frozenset(needle for value in values for needle in _needles(value)),
    )


def _needles(value: str) -> set[str]:
    """Return the value on one line, as it is and as it is read, and each part of it that is long enough to be known."""
    one_line = " ".join(value.split())
    read = normalise(one_line).text
    return {one_line, read, *_LONG_PART.findall(read)}


def plant(host: Host, plants: Iterable[Plant], **fields: str) -> None:
    """Let an agent for each plant complete an operation that holds it everywhere."""
    for number, one in enumerate(plants):
        agent = host.agent(f"agent{number}", name=one.texts["name"])
        operation_type = f"security work: {one.texts['operation_type']}"
        host.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, "
            "why_explanation, next_steps, operation_metadata) values (%s, 'tenant', %s, %s, 'running', %s, %s, %s, %s)",
            (
                f"op{number}",
                agent,
                operation_type,
                one.texts["what_explanation"],
                one.texts["why_explanation"],
                one.texts["next_steps"],
                json.dumps({"note": one.texts["metadata"]}),
            ),
        )
        host.move(f"op{number}", fields.get("status", "completed"))


def found_in(haystack: str, plants: Iterable[Plant]) -> dict[str, list[str]]:
    """Return, by kind, what is found of the plants: in a text as it is, and as JSON writes it."""
    plain = normalise(haystack).text
    return {
        one.kind: leaked
        for one in plants
        if (leaked := sorted(n for n in one.needles if n in haystack or n in plain or json.dumps(n)[1:-1] in haystack))
    }


def everything_but(host: Host, left_out: Callable[[str], bool]) -> str:
    """Return all rows of all tables of the schema as text, but for those whose name is left out."""
    tables = host.rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    names = sorted(row["relname"] for row in tables if not left_out(row["relname"]))
    return "\n".join(str(row["row"]) for name in names for row in host.rows(f"select t::text as row from {name} as t"))
