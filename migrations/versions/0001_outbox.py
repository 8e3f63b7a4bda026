"""Add the schema: rules, outbox, trigger, controls, the self-check, and the event log."""

from __future__ import annotations

from autopost.database.revision_steps import (
    capture_other_tables,
    install_mapping,
    rehearse_mapping,
    remove_mapping,
    run_frozen_sql,
)

revision = "0001_outbox"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    install_mapping()
    run_frozen_sql(__file__, "up")
    capture_other_tables()
    rehearse_mapping()


def downgrade() -> None:
    run_frozen_sql(__file__, "down")
    remove_mapping()
