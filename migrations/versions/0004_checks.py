"""Add the self-check, the range of workers that a schema serves, and room for a mapping of the platform's tables."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0004_checks"
down_revision = "0003_steering"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
