"""Every bundled mapping as a deployment has it: installed by the command line, checked, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autopost.cli.checking import run_check
from autopost.database.mappings import bundled_mappings
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.known_platforms import KnownPlatform, known_platform

OF_THE_PLATFORM = """
select
    c.oid::regclass::text as table_name, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod) as type, t.tgname,
    i.indexrelid::regclass::text as index_name
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
left join pg_trigger as t on c.oid = t.tgrelid and not t.tgisinternal
left join pg_index as i on c.oid = i.indrelid
where n.nspname !~ '^(pg_|information_schema|autopost)' and c.relname !~ '^auto_post_'
order by 1, 2, 3, 4, 5, 6
"""
SCHEMAS = {"atom-2026-02": "atom_old"}


@pytest.fixture(params=[*bundled_mappings()])
def platform(request: pytest.FixtureRequest, empty_database: str) -> Iterator[KnownPlatform]:
    """Return a platform with autopost beside it."""
    with known_platform(request.param, empty_database, schema=SCHEMAS.get(request.param, "")) as installed:
        yield installed


async def test_mapping_installs_checks_well_and_leaves_nothing_behind(platform: KnownPlatform) -> None:
    """The check has no problem for owner and worker, a second migration is fine, and `--to base` removes all."""
    variables = {"SOCIAL_POST_MAPPING_FILE": str(platform.mapping_file)}
    preview = autopost("preview", dsn=platform.owner_dsn, SOCIAL_POST_LLM_ENABLED="false", **variables)
    assert preview.returncode == 0, preview.stderr
    again = autopost("migrate", "--yes", dsn=platform.owner_dsn, **variables)
    assert again.returncode == 0, again.stderr
    for dsn in (platform.owner_dsn, platform.settings.dsn):
        findings = await run_check(load_settings(database_url=dsn, llm_enabled=False))
        assert [found for found in findings if found.level == "problem"] == []
    installed = platform.host.rows(OF_THE_PLATFORM)
    assert any(row["tgname"] and row["tgname"].startswith("auto_post") for row in installed)

    away = autopost("migrate", "--yes", "--to", "base", dsn=platform.owner_dsn)
    assert away.returncode == 0, away.stderr
    assert platform.host.rows(OF_THE_PLATFORM) == [
        {**row, "tgname": None} if row["tgname"] and row["tgname"].startswith("auto_post") else row for row in installed
    ]
    assert platform.host.value("select count(*) from pg_namespace where nspname = 'autopost'") == 0
