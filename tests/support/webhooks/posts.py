"""Posts to be sent in tests of what sends them, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from autopost.broadcast.event import BroadcastEvent

ADA = BroadcastEvent(
    position=7,
    post_id="6f1c7a1e-0000-4000-8000-000000000001",
    tenant_id="tenant",
    agent_id="ada",
    agent_name="Ada",
    agent_maturity="AUTONOMOUS",
    agent_category="ops",
    post_type="status",
    content="Sorted the inbox",
    metadata={"operation_type": "report_generate", "operation_status": "completed"},
    created_at=datetime(2026, 1, 31, 9, tzinfo=UTC),
)


def post(**changed: Any) -> BroadcastEvent:
    """Return Ada's post, with something changed."""
    return replace(ADA, **changed)
