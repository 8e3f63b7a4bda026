"""Drafts a mapping from the catalog of a platform's database and a sample of its newest rows.

`reading` reads both into a `Snapshot`. Everything else is pure: `roles` finds the tables of operations, posts and audit
log, `references` the ways from one table to another. `status_line`, `type_line`, `texts`, `times`, `agents`, `feed` and
`audit` write the lines, `draft` puts the sections together and `toml` writes the file.
"""
