"""Add what webhooks need: leases, what is wrong, and dead letters."""

from __future__ import annotations

from autopost.database.revision_steps import run_frozen_sql

revision = "0002_webhooks"
down_revision = "0001_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_frozen_sql(__file__, "up")


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
