"""Compares what a database has of autopost with what this version expects of it."""

from __future__ import annotations

from collections.abc import Iterator

from autopost.cli.checking.finding import Finding, ok, problem, warning
from autopost.cli.checking.objects import Catalog, expected_catalog, generated_source, is_mapped, source_of
from autopost.database.mapping import Mapping
from autopost.database.sql import Schemas, render

SUBJECT = "objects"


def drift(found: Catalog, schemas: Schemas, mapping: Mapping | None, *, knows_mapping: bool = True) -> list[Finding]:
    """Return what differs, or one finding that nothing does.

    Without `knows_mapping` (this role may not read it) what a mapping changes is not compared.
    """
    expected = expected_catalog()
    differences = [
        *(finding for name in expected for finding in _object(name, expected[name], found.get(name), schemas, mapping)),
        *_bodies(found, schemas, mapping, knows_mapping=knows_mapping),
    ]
    return differences or [ok(SUBJECT, f"{len(expected)} tables, views and functions are as this version made them")]


def _object(
    name: str, expected: dict[str, str], found: dict[str, str] | None, schemas: Schemas, mapping: Mapping | None
) -> Iterator[Finding]:
    kind = "function" if "function" in expected else "view" if "view" in expected else "table"
    if found is None:
        yield problem(SUBJECT, f"{kind} {name} is missing", _remake(name, mapping))
        return
    for part, definition in expected.items():
        if part not in found:
            yield problem(SUBJECT, f"{part} of {name} is missing", _add(name, part, definition, schemas, mapping))
        elif found[part] == f"{definition} NOT VALID":
            finding = f"{part} of {name} holds for what is written from now on, and was not asked of older rows"
            yield warning(SUBJECT, finding, f"{_alter(name, schemas)} validate {part};")
        elif found[part] != definition:
            yield problem(
                SUBJECT,
                f"{part} of {name} is {_brief(found[part])}, should be {_brief(definition)}",
                _change(name, part, definition, schemas, mapping),
            )
    for part in found:
        if part not in expected and part != "body":
            yield warning(SUBJECT, f"{part} of {name} is not autopost's", _drop(name, part, schemas))


def _bodies(found: Catalog, schemas: Schemas, mapping: Mapping | None, *, knows_mapping: bool) -> Iterator[Finding]:
    generated = generated_source(schemas, mapping)
    for name, parts in found.items():
        if "body" not in parts:
            continue
        plain = name.partition("(")[0]
        source = source_of(plain, schemas, mapping)
        if source and is_mapped(plain) and not knows_mapping:
            continue
        if not source:  # a mapping's own, or somebody else's
            source = generated
        # What a script makes from the types of the platform's columns has no body in its file.
        if "$$" in source and f"$${parts['body']}$$" not in source:
            yield problem(SUBJECT, f"function {name} does not do what this version's does", _remake(name, mapping))


def _remake(name: str, mapping: Mapping | None) -> str:
    plain = name.partition("(")[0]
    if plain.startswith("auto_post_insert_"):
        return "SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate"
    given = "SOCIAL_POST_MAPPING_FILE=platform.toml " if mapping and is_mapped(plain) else ""
    return f'{given}autopost sql {plain} | psql "$DATABASE_URL"'


def _add(name: str, part: str, definition: str, schemas: Schemas, mapping: Mapping | None) -> str:
    kind, _, own = part.partition(" ")
    if kind == "column":
        return f"{_alter(name, schemas)} add column {own} {definition};"
    if kind == "constraint":
        return f"{_alter(name, schemas)} add constraint {own} {definition};"
    if kind == "index":
        return f"{_qualify(definition, name, schemas)};"
    return _remake(own if kind == "trigger" else name, mapping)


def _change(name: str, part: str, definition: str, schemas: Schemas, mapping: Mapping | None) -> str:
    kind, _, own = part.partition(" ")
    if kind == "constraint":
        add = _add(name, part, definition, schemas, mapping)
        return f"{_alter(name, schemas)} drop constraint {own}; {add}"
    if kind == "index":
        return f"drop index {_in(schemas)}{own}; {_add(name, part, definition, schemas, mapping)}"
    if kind == "column":
        return f"autopost sql {name}  # how it should be: change it with ALTER TABLE"
    if part == "view":
        return f"alter view {_in(schemas)}{name} set ({definition});"
    return _remake(own if kind == "trigger" else name, mapping)


def _drop(name: str, part: str, schemas: Schemas) -> str:
    kind, _, own = part.partition(" ")
    if kind == "index":
        return f"drop index {_in(schemas)}{own};"
    if kind == "trigger":
        return f"drop trigger {own} on {_in(schemas)}{name};"
    return f"{_alter(name, schemas)} drop {kind} {own};"


def _alter(name: str, schemas: Schemas) -> str:
    return f"alter table {_in(schemas)}{name}"


def _in(schemas: Schemas) -> str:
    return render("{{ schema }}.", schemas)


def _qualify(definition: str, table: str, schemas: Schemas) -> str:
    return definition.replace(f" ON {table} ", f" ON {_in(schemas)}{table} ", 1)


def _brief(text: str) -> str:
    """Return a definition short enough for one line."""
    return text if len(text) <= 120 else f"{text[:117]}..."
