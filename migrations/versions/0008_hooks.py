"""Add what hooks need: turns, what is wrong, and dead letters."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0008_hooks"
down_revision = "0007_announcements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
