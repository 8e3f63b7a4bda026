"""Lock rows in one order everywhere, so that no two transactions wait for each other."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0005_lock_order"
down_revision = "0004_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
