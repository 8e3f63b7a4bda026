"""Add the log of announcements, and how far each of its readers has come."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0007_announcements"
down_revision = "0006_one_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
