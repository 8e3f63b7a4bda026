"""Settings of the wording."""

from __future__ import annotations

from autopost.settings.field import PREFIX, FilePath, Group, setting


class WordingSettings(Group):
    """The file of the team's wording."""

    wording_file: FilePath | None = setting(
        None,
        f"{PREFIX}WORDING_FILE",
        "The team's own templates, by rule, outcome and language, and the voice of the model. Workers read it again "
        "every few seconds.",
        "the path of a TOML file, see docs/how-to/wording.md",
    )
