"""What the newest rows of the platform say of the mapping: whether anything can be posted, and what is left NULL."""

from __future__ import annotations

import asyncpg

from autopost.cli.checking.finding import Finding, ok, warning
from autopost.cli.console import counted
from autopost.cli.sampling.findings import lookup_findings, null_findings, sample_findings
from autopost.cli.sampling.platform import Connection
from autopost.cli.sampling.sample import Sample
from autopost.errors import ConfigurationError, SchemaMismatch
from autopost.settings import Settings

SUBJECT = "newest operations"


async def newest_operations(connection: Connection, settings: Settings) -> list[Finding]:
    """Read the newest operations and some posts, and say what keeps operations from the feed. Takes limited time."""
    try:
        sample, findings = await sample_findings(connection, settings)
        nulls = await null_findings(connection, settings)
        lookups = await lookup_findings(connection, settings)
    except asyncpg.InsufficientPrivilegeError:
        return [ok(SUBJECT, "not looked at: this role may not read the platform's tables")]
    except (SchemaMismatch, ConfigurationError) as error:
        return [warning(SUBJECT, str(error), "SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate")]
    except asyncpg.DataError as error:
        finding = (
            f"an expression of the mapping cannot be used any more (SQLSTATE {error.sqlstate}): a type has changed"
        )
        return [
            warning(SUBJECT, finding, "SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # names the expression")
        ]
    except asyncpg.QueryCanceledError:
        return [ok(SUBJECT, "not looked at: reading them takes too long")]
    except (asyncpg.UndefinedObjectError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
        return []  # of autopost itself: the other findings say what is missing
    wrong = [warning(SUBJECT, each.finding, each.advice) for each in findings]
    return [
        *(wrong or [ok(SUBJECT, _all_well(sample))]),
        *(warning("columns left NULL", each.finding, each.advice) for each in nulls),
        *(warning("agents", each.finding, each.advice) for each in lookups),
    ]


def _all_well(sample: Sample) -> str:
    if not sample.operations:
        return "there are none yet"
    met = sum(each.change in sample.rules for each in sample.operations)
    return f"of {counted(len(sample.operations), 'operation')} {met:,} {'meets' if met == 1 else 'meet'} a rule"
