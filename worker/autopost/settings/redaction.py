"""Settings of redaction."""

from __future__ import annotations

from autopost.settings.field import PREFIX, CommaSeparated, FilePath, Group, setting

_NAME = r'(?:[A-Za-z_][A-Za-z0-9_$]*|"[^"\']+")'


class RedactionSettings(Group):
    """What is redacted: types, own patterns, names, and a model for names."""

    pii_allowlist: CommaSeparated = setting(
        (),
        f"{PREFIX}PII_ALLOWLIST",
        "Addresses that are not redacted. The whole address must match; case-insensitive.",
        "comma-separated addresses",
    )
    redact_only: CommaSeparated = setting(
        (),
        f"{PREFIX}REDACT_ONLY",
        "The types to redact. Default: all.",
        "comma-separated types, such as EMAIL_ADDRESS; the type of an own pattern is its id",
    )
    redact_without: CommaSeparated = setting(
        (),
        f"{PREFIX}REDACT_WITHOUT",
        "The types not to redact, and the rules not to use.",
        "comma-separated types and ids of rules, such as phone.bare; at least one type must remain",
    )
    redact_least_score: float = setting(
        0.4,
        f"{PREFIX}REDACT_LEAST_SCORE",
        "The minimum confidence score of a finding that is redacted.",
        "a number, 0 to 1",
        ge=0,
        le=1,
    )
    redact_patterns_file: FilePath | None = setting(
        None,
        f"{PREFIX}REDACT_PATTERNS_FILE",
        "Your own patterns to redact as well, in gitleaks' format or a short one.",
        "the path of a TOML file",
    )
    redact_names_file: FilePath | None = setting(
        None,
        f"{PREFIX}REDACT_NAMES_FILE",
        "Full names of people to redact as well, one per line. Lines that begin with # are ignored.",
        "the path of a UTF-8 file",
    )
    redact_names_table: str | None = setting(
        None,
        f"{PREFIX}REDACT_NAMES_TABLE",
        "A table or view of the same database with full names to redact, such as the platform's users. Several columns "
        "are joined to one name; names of a single word are ignored. Workers read it again every five minutes.",
        "table.column, schema.table.column or table.first_name+last_name, quoted as in SQL",
        pattern=rf"^(?:{_NAME}\.)?{_NAME}\.{_NAME}(?:\+{_NAME})*$",
    )
    redact_given_names: bool = setting(
        False,
        f"{PREFIX}REDACT_GIVEN_NAMES",
        "Redact given names that stand alone, such as `Priya`, and not only full names. More names are found, and more "
        "words wrongly removed.",
        "true or false",
    )
    redact_locations: bool = setting(
        False,
        f"{PREFIX}REDACT_LOCATIONS",
        "Redact the places that the model of SOCIAL_POST_NER_MODEL finds, such as towns and countries.",
        "true or false",
    )
    ner_model: str | None = setting(
        None,
        f"{PREFIX}NER_MODEL",
        "An installed model that finds names of people and places as well.",
        "spacy:en_core_web_sm, gliner:owner/model, transformers:owner/model, or a directory instead of the name; "
        "nothing is downloaded",
    )
