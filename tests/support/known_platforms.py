"""Platforms that others wrote: their real schema, the bundled mapping, and roles as a deployment has them."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autopost.database.mappings import bundled_mapping
from autopost.database.migrate import migrate
from autopost.database.sql import Schemas
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support import ROOT
from tests.support.host import Host, open_connection
from tests.support.roles import dsn_of, groups, owner_of
from tests.support.work import work_off

SCHEMAS = ROOT / "tests" / "data" / "platforms"


@dataclass(frozen=True, slots=True)
class KnownPlatform:
    """An installed platform. `host` is a superuser's, `application` a role's that may only work on its tables."""

    host: Host
    application: Host
    dsn: str
    owner_dsn: str
    application_dsn: str
    settings: Settings
    mapping_file: Path

    def do(self, *statements: str, **values: Any) -> None:
        """Run the statements as the application, in one transaction."""
        with self.application.connection.transaction():
            for statement in statements:
                self.application.connection.execute(statement.encode(), values)

    async def posts(self, redactor: Redactor) -> list[tuple[str, str, str]]:
        """Run a worker without a rate limit until nothing waits; return author, kind and text of every post."""
        self.host.rows("select * from autopost.operation_trackers")  # no expression fails for any row
        await work_off(self.host, self.settings.model_copy(update={"rate_limit_minutes": 0}), redactor)
        return [
            (row["author_id"], row["post_type"], row["content"])
            for row in self.host.rows(
                "select author_id, post_type, content from social_posts order by author_id, post_type, content"
            )
        ]

    def warnings(self) -> list[str]:
        """Return what the application was warned of: the trigger warns where it captures nothing."""
        return self.application.warnings


def preparation(mapping: str) -> str:
    """Return the SQL that a bundled mapping asks for before the migration: what is indented in its comments."""
    lines = re.findall(r"^#     (.*)$", bundled_mapping(mapping).text, re.MULTILINE)
    statements = "\n".join(line for line in lines if not line.startswith("$ "))
    return statements.replace(" concurrently", "")  # which no transaction takes


@contextlib.contextmanager
def known_platform(
    name: str, dsn: str, *, schema: str = "", made_by: Callable[[str], None] | None = None
) -> Iterator[KnownPlatform]:
    """Install a platform in an empty database, and autopost with the bundled mapping of this name, both as one owner.

    `schema` is the name of the schema's file where it differs; `made_by` makes the platform's tables instead.
    """
    with contextlib.ExitStack() as stack:
        owner_dsn = stack.enter_context(owner_of(dsn))
        host = Host(stack.enter_context(open_connection(dsn, autocommit=True)))
        owner = Host(stack.enter_context(open_connection(owner_dsn, autocommit=True)))
        host.execute(f"alter schema public owner to {owner.value('select current_user')}")
        if made_by is None:
            owner.execute((SCHEMAS / f"{schema or name}.sql").read_text("utf-8"))
        else:
            made_by(owner_dsn)
        if prepared := preparation(name):
            owner.execute(prepared)
        file = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autopost-test-"))) / "platform.toml"
        file.write_text(bundled_mapping(name).text, "utf-8")
        migrate(load_settings(database_url=owner_dsn, mapping_file=file))
        logins = stack.enter_context(groups(host, dsn, Schemas("autopost", "autopost")))
        role = stack.enter_context(application_of(host, owner))
        application_dsn = dsn_of(dsn, user=role)
        connection = stack.enter_context(open_connection(application_dsn, autocommit=True))
        connection.execute("set search_path = public")
        settings = load_settings(
            database_url=dsn_of(dsn, user=logins["worker"]), llm_enabled=False, poll_seconds=0.5, shutdown_seconds=5
        )
        yield KnownPlatform(host, Host(connection), dsn, owner_dsn, application_dsn, settings, file)


@contextlib.contextmanager
def application_of(host: Host, owner: Host) -> Iterator[str]:
    """Make a role that may read and change the platform's tables, and nothing of autopost's; yield its name."""
    role = f"application_{owner.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        for namespace in owner.rows(
            "select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema|autopost)'"
        ):
            where = f"in schema {namespace['name']} to {role}"
            host.execute(
                f"grant usage on schema {namespace['name']} to {role}; "
                f"grant select, insert, update, delete on all tables {where}; grant usage on all sequences {where}"
            )
        yield role
    finally:
        host.execute(f"drop owned by {role}; drop role {role}")
