"""Add rules, outbox, rate limits, control and the trigger."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0002_outbox"
down_revision = "0001_host_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
