"""Drafts a mapping from the catalog of a platform's database and a sample of its newest rows.

`reading` reads both into a `Snapshot`. Everything else is pure: `roles` finds the tables, `operations`, `agents`,
`posts` and `audit` choose the columns, `draft` puts the parts together and `toml` writes the file.
"""
