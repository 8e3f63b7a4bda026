"""What is wrong with an installation by the rows of the platform: posts, NULL columns, the lookup of agents."""

from __future__ import annotations

from autopost.cli.console import listed
from autopost.cli.sampling.agent_lookup import slow_lookups
from autopost.cli.sampling.null_columns import NullColumns, null_columns
from autopost.cli.sampling.platform import STATEMENT_SECONDS, Connection, find_platform, reading
from autopost.cli.sampling.sample import Sample, read_sample
from autopost.cli.sampling.useless import MOST_OPERATIONS, Useless, ambiguous, unreadable, useless
from autopost.database.schema import find_mapping
from autopost.settings import Settings


async def sample_findings(
    connection: Connection, settings: Settings, seconds: int = STATEMENT_SECONDS
) -> tuple[Sample, list[Useless]]:
    """Return the newest operations and what is wrong with them. Passes on asyncpg's errors.

    No statement takes more than this many seconds.
    """
    platform = await find_platform(connection, settings)
    sample = await read_sample(connection, platform, MOST_OPERATIONS, seconds)
    return sample, [*unreadable(sample), *ambiguous(sample), *useless(sample)]


async def null_findings(connection: Connection, settings: Settings) -> list[Useless]:
    """Return the columns of written tables that are left NULL although no row of the platform is."""
    platform = await find_platform(connection, settings)
    mapping = await find_mapping(connection, platform.schemas) if platform.is_mapped else None
    async with reading(connection, platform):
        found = await null_columns(connection, platform, mapping)
    return [_of_nulls(columns, is_mapped=mapping is not None) for columns in found]


async def lookup_findings(connection: Connection, settings: Settings) -> list[Useless]:
    """Return the tables that are read as a whole to find an agent."""
    return await slow_lookups(connection, await find_platform(connection, settings))


def _of_nulls(found: NullColumns, *, is_mapped: bool) -> Useless:
    names = [name.strip('"') for name in found.columns]
    finding = (
        f"{found.table}: autopost leaves {listed(names)} NULL, and no other row does: the application may not expect it"
    )
    if is_mapped:
        settings = "; ".join(f'{_toml_key(name)} = "{proposal}"' for name, proposal in found.columns.items())
        return Useless(finding, f"[{found.name}.values] {settings}  # what fits; then autopost migrate")
    defaults = ", ".join(f"alter column {name} set default {value}" for name, value in found.columns.items())
    return Useless(finding, f"alter table {found.table} {defaults};  # what fits")


def _toml_key(quoted: str) -> str:
    return f"'{quoted}'" if quoted.startswith('"') else quoted


async def all_findings(connection: Connection, settings: Settings) -> list[Useless]:
    """Return all of these. Passes on asyncpg's errors."""
    _, found = await sample_findings(connection, settings)
    return [
        *found,
        *await null_findings(connection, settings),
        *await lookup_findings(connection, settings),
    ]
