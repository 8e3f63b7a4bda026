"""Settings of what is taken out of texts."""

from __future__ import annotations

from pathlib import Path

from autopost.settings.field import PREFIX, CommaSeparated, Group, setting

_NAME = r'(?:[A-Za-z_][A-Za-z0-9_$]*|"[^"\']+")'


class RedactionSettings(Group):
    """Types, patterns, names and models that are looked for."""

    pii_allowlist: CommaSeparated = setting(
        (),
        f"{PREFIX}PII_ALLOWLIST",
        "Addresses that stay readable, compared whole and without regard to case.",
        "addresses separated by commas",
    )
    redact_only: CommaSeparated = setting(
        (),
        f"{PREFIX}REDACT_ONLY",
        "The types of findings that are looked for. Default: all.",
        "types separated by commas, such as EMAIL_ADDRESS; own patterns have their id as type",
    )
    redact_without: CommaSeparated = setting(
        (),
        f"{PREFIX}REDACT_WITHOUT",
        "Types of findings that are not looked for.",
        "types separated by commas; at least one type must be left",
    )
    redact_least_score: float = setting(
        0.4,
        f"{PREFIX}REDACT_LEAST_SCORE",
        "How sure a finding must be to be taken out; what is less sure stays.",
        "a number, 0 to 1",
        ge=0,
        le=1,
    )
    redact_patterns_file: Path | None = setting(
        None,
        f"{PREFIX}REDACT_PATTERNS_FILE",
        "Patterns of your own that are looked for too, in gitleaks' form or the short one.",
        "the path of a TOML file",
    )
    redact_names_file: Path | None = setting(
        None,
        f"{PREFIX}REDACT_NAMES_FILE",
        "Full names of people that are looked for too, one on each line; lines that begin with # do not count.",
        "the path of a UTF-8 file",
    )
    redact_names_table: str | None = setting(
        None,
        f"{PREFIX}REDACT_NAMES_TABLE",
        "The table or view of the same database that holds such names, as the platform's users. Several columns make "
        "one name; names of a single word are left out.",
        "table.column, schema.table.column or table.first_name+last_name, names as in SQL",
        pattern=rf"^(?:{_NAME}\.)?{_NAME}\.{_NAME}(?:\+{_NAME})*$",
    )
    ner_model: str | None = setting(
        None,
        f"{PREFIX}NER_MODEL",
        "An installed model that finds names of people and places too.",
        "spacy:en_core_web_sm, gliner:owner/model, transformers:owner/model, or a directory in the model's place; "
        "nothing is downloaded",
    )
