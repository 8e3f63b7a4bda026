"""`grant`: the two group roles, their rights, and the logins in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from autopost.cli.console import out, say
from autopost.cli.session import Connection, connected, load_settings
from autopost.database.sql import Schemas, dba_statements, query
from autopost.errors import SchemaMismatch

if TYPE_CHECKING:
    import asyncpg

WORKER, READER = "auto_post_worker", "auto_post_reader"
MOST_NAME_BYTES = 63  # PostgreSQL cuts longer names


def _role_name(given: str) -> str:
    if not given or len(given.encode()) > MOST_NAME_BYTES:
        raise typer.BadParameter(f"got {given!r}; expected: the name of a role, 1 to {MOST_NAME_BYTES} bytes")
    return given


Logins = Annotated[
    list[str] | None, typer.Option("--login", metavar="ROLE", help="A login role to add to the workers. Repeatable.")
]
Readers = Annotated[
    list[str] | None,
    typer.Option("--reader", metavar="ROLE", help="A login role to add to the read-only users. Repeatable."),
]


def grant(logins: Logins = None, readers: Readers = None) -> None:
    """Create the roles of workers and readers, and grant them their rights.

    Run it as the role that migrates, after every migration; it can be repeated. Missing logins are created without a
    password. Statements that this role may not run are printed on standard output, for an administrator, with exit
    code 4. `autopost sql grants` prints the rights for review.
    """
    members = [(_role_name(login), WORKER) for login in logins or ()]
    members += [(_role_name(login), READER) for login in readers or ()]

    async def act(connection: Connection, schemas: Schemas) -> list[str]:
        granting = Granting(connection, schemas)
        await granting.grant(members)
        return granting.left

    left = connected(load_settings(), "grant", act)
    if left:
        out.print("\n".join(left), markup=False)
        raise SchemaMismatch(
            "this role may not do everything. Have an administrator run the statements on standard output (`autopost "
            "grant ... | psql ...` as that role), then run the same `autopost grant` again"
        )


@dataclass(slots=True)
class Granting:
    """Creates roles and grants rights. `left` has the statements that this role may not run."""

    connection: Connection
    schemas: Schemas
    left: list[str] = field(default_factory=list)

    async def grant(self, members: list[tuple[str, str]]) -> None:
        """Create the groups, grant them their rights, and put the members into them. Raises the database's errors."""
        are_there = [await self._has_role(group, "nologin") for group in (WORKER, READER)]
        if all(are_there):
            await self._grant_rights()
        for login, group in members:
            can_be_granted = await self._has_role(login, "login")
            await self._join(login, group, can_be_granted=can_be_granted)

    async def _has_role(self, name: str, kind: str) -> bool:
        """Return whether a role is there, or was created now."""
        found = await self._membership(name, name)
        if found["has_role"]:
            return True
        create = f"create role {found['role']} {kind};"
        if not await self._may(create):
            self.left += [f"{create}  -- then its password: \\password {found['role']}" if kind == "login" else create]
            return False
        say(f"created the role {name}" + (f"; set its password: \\password {found['role']}" if kind == "login" else ""))
        return True

    async def _grant_rights(self) -> None:
        script = dba_statements(self.schemas)["grants"].strip()
        problems = ["permission denied"]
        if await self._may(script):
            # A GRANT of what is another's ends with a warning, and not with an error.
            rows = await self.connection.fetch(query("cli/check_rights", self.schemas))
            problems = [f"{row['subject']}: {row['finding']}" for row in rows]
        if problems:
            self.left += [
                "-- As the owner of autopost's objects and of the platform's tables, or as a superuser:",
                script,
            ]
        for problem in problems:
            say(f"rights: {problem}")
        if not problems:
            say(f"{WORKER} and {READER} have their rights in schema {self.schemas.own}.")

    async def _join(self, login: str, group: str, *, can_be_granted: bool) -> None:
        found = await self._membership(login, group)
        statement = f"grant {found['group']} to {found['role']};"
        if found["is_member"]:
            say(f"{login} is in {group}.")
        elif can_be_granted and found["has_group"] and await self._may(statement):
            say(f"{login} is in {group} now.")
        else:
            self.left += [statement]

    async def _membership(self, role: str, group: str) -> asyncpg.Record:
        return (await self.connection.fetch(query("cli/membership", self.schemas), role, group))[0]

    async def _may(self, statements: str) -> bool:
        """Run statements in a transaction; return False if this role may not."""
        from asyncpg import InsufficientPrivilegeError

        try:
            async with self.connection.transaction():
                await self.connection.execute(statements)
        except InsufficientPrivilegeError:
            return False
        return True
