"""Make one CHECK of the outbox's six, which agents paid for with every row."""

from __future__ import annotations

from autopost.database.migrate import run_frozen_sql

revision = "0006_one_check"
down_revision = "0005_lock_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
