"""A platform with two tables of operations and names of its own, beside which autopost is installed by its owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from autopost.database.migrate import migrate
from autopost.database.sql import Schemas, dba_statements
from autopost.settings import Settings, load_settings
from tests.support.host import Host, open_connection
from tests.support.roles import GROUPS, drop_roles, groups_locked, groups_of

TABLES = """
create table robots (id varchar(40) primary key, label varchar(20) collate "C", rank text, team text, tenant text);
create table jobs (
    id bigint generated always as identity primary key, robot varchar(40), kind text, state varchar(30), note text,
    tenant text, began timestamptz default now(), ended timestamptz
);
create table runs (
    flow text, number integer, robot varchar(40), state text, note text, began timestamptz default now(),
    ended timestamptz, primary key (flow, number)
);
create table posts (id text primary key, author text, body varchar(300), at timestamptz, kind text);
insert into robots values ('r1', 'Robbie', 'AUTONOMOUS', 'ops', 't');
"""
AGENTS_AND_POSTS = """
[agents]
table = "public.robots"
columns = { name = "label", maturity = "rank", category = "team", tenant_id = "tenant" }
[social_posts]
table = "public.posts"
[social_posts.columns]
author_id = "author"
content = "body"
created_at = "at"
post_type = "kind"
tenant_id = "null"
author_type = "'agent'"
post_metadata = "null"
auto_generated = "true"
"""
_TEXTS = """why_explanation = "null"
next_steps = "null"
started_at = "began"
completed_at = "ended"
agent_id = "robot"
what_explanation = "note"
status = "state"
"""
JOBS = f"""table = "public.jobs"
[operation_trackers.columns]
operation_type = "kind"
tenant_id = "tenant"
{_TEXTS}"""
RUNS = f"""name = "runs"
table = "public.runs"
[operation_trackers.columns]
id = ["flow", "number"]
operation_type = "'workflow_execute'"
tenant_id = "'t'"
{_TEXTS}"""
ONE = f"{AGENTS_AND_POSTS}[operation_trackers]\n{JOBS}"
TWO = f"{AGENTS_AND_POSTS}[[operation_trackers]]\n{JOBS}[[operation_trackers]]\n{RUNS}"


class MappedPlatform(Host):
    """The platform, changed by its owner, whose role autopost is installed as; `application` changes operations."""

    def __init__(self, connection: psycopg.Connection[object], dsn: str, folder: Path) -> None:
        super().__init__(connection)
        self.dsn = dsn
        self.folder = folder
        suffix = connection.info.backend_pid
        self.owner, self.application, self.worker = (
            f"autopost_test_{part}_{suffix}" for part in ("builder", "program", "sidecar")
        )

    def as_role(self, role: str) -> str:
        """Return the connection string for a role."""
        return f"{self.dsn} user={role}"

    def settings(self, mapping: str | None = None, *, role: str | None = None) -> Settings:
        """Return settings of the owner, or of another role, with a mapping or without."""
        path = None
        if mapping is not None:
            path = self.folder / "platform.toml"
            path.write_text(mapping, "utf-8")
        dsn = self.as_role(role or self.owner)
        return load_settings(database_url=dsn, mapping_file=path, llm_enabled=False, poll_seconds=0.5)

    def install(self, mapping: str | None) -> str:
        """Migrate as the owner, and give the worker its rights; return what was done besides."""
        done = migrate(self.settings(mapping))
        platform = "public" if mapping is None else "autopost"
        self.execute(dba_statements(Schemas("autopost", platform))["grants"])
        self.execute(f"grant auto_post_worker to {self.worker}")
        return done

    def as_application(self, *statements: str) -> None:
        """Run statements as an agent does, each a transaction of its own."""
        with open_connection(self.as_role(self.application), autocommit=True) as connection:
            connection.add_notice_handler(lambda notice: self.warnings.append(notice.message_primary or ""))
            for statement in statements:
                connection.execute(statement.encode())

    def as_owner(self, *statements: str) -> None:
        """Run statements as a migration of the platform does, in one transaction."""
        with open_connection(self.as_role(self.owner)) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def captured(self) -> list[str]:
        """Return the ids of what was captured, in order."""
        rows = self.rows("select tracker_id from autopost.auto_post_outbox order by captured_at, tracker_id")
        return [row["tracker_id"] for row in rows]


@contextmanager
def mapped_platform(dsn: str, folder: Path, tables: str = TABLES) -> Iterator[MappedPlatform]:
    """Give a platform with these tables and its roles, and take both away."""
    with groups_locked(dsn), open_connection(dsn, autocommit=True) as connection:
        platform = MappedPlatform(connection, dsn, folder)
        before = groups_of(platform)
        roles = (platform.owner, platform.application, platform.worker)
        for role in roles:
            platform.execute(f"create role {role} login")
        platform.execute(f"grant create on database {connection.info.dbname} to {platform.owner}")
        platform.execute(f"grant create on schema public to {platform.owner}")
        platform.as_owner(
            tables, f"grant select, insert, update on all tables in schema public to {platform.application}"
        )
        try:
            yield platform
        finally:
            drop_roles(platform, *roles, cascade=True)
            drop_roles(platform, *(group for group in GROUPS if group not in before))
