"""Settings of the wording."""

from __future__ import annotations

from pathlib import Path

from autopost.settings.field import PREFIX, Group, setting


class WordingSettings(Group):
    """The file of the team's wording."""

    wording_file: Path | None = setting(
        None,
        f"{PREFIX}WORDING_FILE",
        "The team's own templates, by rule, outcome and language, and the voice of the model. Workers read it again "
        "every few seconds.",
        "the path of a TOML file, see docs/how-to/wording.md",
    )
