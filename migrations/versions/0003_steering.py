"""Add steering functions, the reconciler, retention and the views of a DBA."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0003_steering"
down_revision = "0002_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
